"""Revento: conventions, larps and conferences, and the software that joins in."""
