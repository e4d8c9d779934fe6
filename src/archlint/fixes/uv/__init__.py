"""Fixes of BA04, the UV Package Manager Standard."""
