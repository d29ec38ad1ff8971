"""How families end: revoked for good, or suspended until further notice."""
