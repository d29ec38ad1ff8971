"""Connections: an integration connected to one event."""
