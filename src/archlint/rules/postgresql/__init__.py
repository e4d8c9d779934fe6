"""Rules for requirement BA02: the PostgreSQL database standard."""
