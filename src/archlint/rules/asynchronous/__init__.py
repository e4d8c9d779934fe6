"""Rules of BA06, the Asynchronous Operations Standard."""
