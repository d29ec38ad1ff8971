"""The pull feed: the same deliveries, fetched by a receiver that cannot be reached or was down (contract §6.8)."""
