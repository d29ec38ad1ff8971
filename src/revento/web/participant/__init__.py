"""Pages and endpoints of the participant audience."""
