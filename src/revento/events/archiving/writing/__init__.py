"""Rows that only an archive brings: history with its own times, which no action of the present could write."""
