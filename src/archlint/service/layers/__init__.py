"""Which layer a module belongs to, and what one layer may use of another."""
