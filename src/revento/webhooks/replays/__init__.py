"""Sending many again: bulk replays over the log, and backfills for a new connection. Resumable and throttled."""
