"""People from a table: who they are in an event, read, shown as it would be taken, brought in."""
