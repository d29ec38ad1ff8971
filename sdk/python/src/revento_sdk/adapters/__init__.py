"""Webhook endpoints for web frameworks: each reads the raw body, verifies, processes once, and answers."""
