"""Announced ends of versions and endpoints, six months ahead, and who still calls them (contract §5.3)."""
