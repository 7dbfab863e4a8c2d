"""Kernel: small pure tools that at least two layers need. No business noun, no framework, no I/O but the clock."""
