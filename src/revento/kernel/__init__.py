"""Configuration, database, ids, clock, secrets, logs. Imports nothing of ours."""
