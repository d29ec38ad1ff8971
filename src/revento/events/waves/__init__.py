"""Registration waves: when people of a role may apply."""
