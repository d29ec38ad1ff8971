"""Revisions: a short Python file beside its SQL."""
