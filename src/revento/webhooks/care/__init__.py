"""Caring for integrators: letters before anything is paused, and pausing after five days (contract §6.4)."""
