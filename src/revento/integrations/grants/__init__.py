"""A person's consent for one integration and one event."""
