"""Filters of the review queue that a reviewer keeps under a name of her own."""
