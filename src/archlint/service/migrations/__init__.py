"""Alembic's environments, revisions, and what applies them."""
