"""Requirement BA05: layers, what lies in them, and what they may import."""
