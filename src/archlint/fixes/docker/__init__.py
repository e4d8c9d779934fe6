"""Fixes of BA10, Docker Deployment Support."""
