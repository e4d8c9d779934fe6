"""Requirement BA01: services are FastAPI apps with async handlers."""
