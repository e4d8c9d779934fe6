"""What a change of the API breaks: two documents compared."""
