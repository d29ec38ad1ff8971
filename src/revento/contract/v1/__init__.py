"""Version 1 of the wire: one struct per noun; every field is always present (contract §4)."""
