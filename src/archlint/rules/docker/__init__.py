"""Requirement BA10: the service comes with its image and with a compose stack."""
