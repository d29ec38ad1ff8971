"""Authorization codes: issued by a consent, redeemed once."""
