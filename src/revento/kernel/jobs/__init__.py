"""Background work other than webhooks: a row in PostgreSQL, written with the change that wants it (procrastinate)."""
