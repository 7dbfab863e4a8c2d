"""Programs of the boards that run without Django."""
