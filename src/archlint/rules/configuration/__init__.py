"""Requirement BA07: settings come from the environment, typed, and no secret stands in the source."""
