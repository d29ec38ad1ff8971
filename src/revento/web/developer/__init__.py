"""Pages and endpoints of the developer audience."""
