"""Reading participants, and what a person reads about herself."""
