"""What the benchmarks are made of: a load generator, its own ceiling."""
