"""People inside an event."""
