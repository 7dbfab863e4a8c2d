"""For programs without Django."""
