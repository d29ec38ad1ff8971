"""Which software knows what about a person, as she reads it herself. Nothing here is written."""
