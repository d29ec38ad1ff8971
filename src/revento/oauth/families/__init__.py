"""Token families: one consent's tokens, from the first issue to their end."""
