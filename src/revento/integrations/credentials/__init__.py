"""Clients and their secrets: proving, rotating, ending."""
