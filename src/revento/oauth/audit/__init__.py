"""The token audit: every consent, issue, refresh, refusal and end."""
