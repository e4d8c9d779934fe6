"""Requirement BA04: uv manages dependencies, and its lock decides what is installed."""
