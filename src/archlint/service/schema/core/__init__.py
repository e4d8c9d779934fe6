"""Tables, columns and constraints, and the versions of libraries that decide what they mean."""
