"""Layer 3, shared applications: the work every agency does in the same way."""
