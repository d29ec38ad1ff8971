"""The router: from a message to one delivery per receiver, numbered without gaps."""
