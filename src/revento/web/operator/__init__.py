"""Pages and endpoints of the operator audience."""
