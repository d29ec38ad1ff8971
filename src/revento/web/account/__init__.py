"""Pages and endpoints of the account audience."""
