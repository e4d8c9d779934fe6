"""Where settings, secrets and the values of environment variables come from."""
