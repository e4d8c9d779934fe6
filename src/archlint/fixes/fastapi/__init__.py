"""Fixes of BA01, the FastAPI Framework Standard."""
