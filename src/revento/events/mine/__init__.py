"""A person's own events, and an event as its visitor sees it. Nothing here is written."""
