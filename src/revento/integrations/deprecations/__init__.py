"""Announced ends of versions and endpoints (contract §5.3)."""
