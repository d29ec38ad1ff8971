"""Budgets other than the usual ones, for an integration or one of its connections (contract §5.2 "on request")."""
