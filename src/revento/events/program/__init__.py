"""Threads, locations and activities."""
