"""What archlint's developers run; nothing here is shipped."""
