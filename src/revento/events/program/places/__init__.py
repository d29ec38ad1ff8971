"""Threads and locations: what activities belong to and where they are."""
