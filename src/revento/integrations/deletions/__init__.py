"""Deletion duties: what has to be erased until when, and the receipt."""
