"""Fixes of BA11, OpenAPI Documentation."""
