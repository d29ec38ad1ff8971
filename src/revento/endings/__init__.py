"""One file per cause that ends a connection (contract §2.5)."""
