"""What two audiences need, nothing else."""
