"""A new event made after an old one: its questions, waves, threads, places and, when wanted, its program as drafts."""
