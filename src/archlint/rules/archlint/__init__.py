"""Rules about what archlint itself needs: files that can be read, and suppressions that hold."""
