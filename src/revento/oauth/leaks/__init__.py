"""Leak reports: whoever finds one of our tokens may end it."""
