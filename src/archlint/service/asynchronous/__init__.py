"""What runs on the event loop, and what blocks it, is never awaited, or is lost there."""
