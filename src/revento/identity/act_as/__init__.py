"""Acting for somebody: an operator sees what a person sees, only with her consent, for a limited time."""
