"""How the service is packaged: pyproject.toml, the lock, requirements and markers."""
