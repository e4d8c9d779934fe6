"""Per-file facts: what one file says, read once into small frozen records with positions."""
