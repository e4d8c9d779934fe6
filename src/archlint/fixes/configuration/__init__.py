"""Fixes of BA07, Configuration Management."""
