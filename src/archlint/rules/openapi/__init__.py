"""Requirement BA11: the OpenAPI documentation is generated, complete and where people look for it."""
