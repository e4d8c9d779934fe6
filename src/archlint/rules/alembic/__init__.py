"""Requirement BA03: every change of the schema is an Alembic migration."""
