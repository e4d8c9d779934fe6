"""Fixes of BA05, the Layered Architecture Standard."""
