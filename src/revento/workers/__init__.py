"""The other edge: loops and jobs, each opens its own transactions."""
