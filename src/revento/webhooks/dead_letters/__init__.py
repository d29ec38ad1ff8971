"""Deliveries that the ladder gave up on: kept 30 days, sent again by hand (contract §6.4, §6.7)."""
