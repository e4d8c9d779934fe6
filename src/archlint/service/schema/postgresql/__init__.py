"""What a PostgreSQL server would do with a statement, and what it refuses."""
