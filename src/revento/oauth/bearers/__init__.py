"""What the API asks about a bearer token."""
