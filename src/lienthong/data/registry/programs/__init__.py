"""Programs of the registry: what reads files that may be hostile, apart from everything else."""
