"""The event's own form: custom fields and answers to them."""
