"""What to try for BA02, the PostgreSQL Database Standard."""
