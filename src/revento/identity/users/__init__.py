"""Accounts: signing up, passwords, e-mail addresses."""
