"""The call graph: which function reaches which, and where each can run."""
