"""What integrations read, already in the shape of `contract/v1`: PostgreSQL writes the JSON (docs/adr: the hot path).

A test holds every answer against `shapes.py`, so that the API and the webhooks never say different things.
"""
