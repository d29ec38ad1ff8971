"""Keeping 30 days: a partition a day, dropped whole (contract §6.4, §6.8)."""
