"""The event itself: its data, its publishing, its end."""
