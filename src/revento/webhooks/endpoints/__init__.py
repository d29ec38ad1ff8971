"""Receivers: one per connection, with their health, pauses and pace."""
