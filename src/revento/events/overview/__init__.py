"""What an organizer sees of an event before she opens anything: how it stands, what waits, since when."""
