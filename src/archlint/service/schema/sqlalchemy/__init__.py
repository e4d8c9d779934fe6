"""The schema that the models declare."""
