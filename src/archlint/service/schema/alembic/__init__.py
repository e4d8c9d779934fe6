"""The schema that the migrations build, replayed, and how it differs from the models'."""
