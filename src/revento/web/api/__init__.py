"""Pages and endpoints of the api audience."""
