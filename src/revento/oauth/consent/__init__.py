"""Consent: what is asked, whether it may be, what was decided."""
