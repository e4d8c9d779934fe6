"""Fixes of BA08, the API Versioning Standard."""
