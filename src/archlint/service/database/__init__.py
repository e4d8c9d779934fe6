"""Engines, sessions and URLs of the running service."""
