"""Pages and endpoints of the organizer audience."""
