"""Findings in words and formats. Only this package and `cli` know how output looks."""
