"""Pages and endpoints of the guide audience."""
