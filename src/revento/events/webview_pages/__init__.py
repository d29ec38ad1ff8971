"""Pages that organizers add to their event: text of their own, or an integration shown in a frame."""
