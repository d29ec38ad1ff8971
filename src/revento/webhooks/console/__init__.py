"""Looking at deliveries: the log, its search, and everything about one of them (contract §6.7)."""
