"""The ledger: which integration read what."""
