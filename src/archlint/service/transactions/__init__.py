"""What functions do with database sessions: writes, commits, rollbacks, and in which order on a request."""
