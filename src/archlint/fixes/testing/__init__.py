"""What to try for BA09, Testing Infrastructure."""
