"""Pages and endpoints of the oauth audience."""
