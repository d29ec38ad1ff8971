"""Messages: what happened, written with the change that it reports."""
