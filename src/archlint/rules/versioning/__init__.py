"""Requirement BA08: endpoints are versioned by their path."""
