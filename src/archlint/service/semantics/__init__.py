"""What the names of the service's modules mean."""
