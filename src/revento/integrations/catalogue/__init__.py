"""Integrations: their registration, their states, who works on them."""
