"""Requests to take part and their review."""
