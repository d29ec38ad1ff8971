"""Mail: written with the change that causes it, sent by a job. Read as plain text."""
