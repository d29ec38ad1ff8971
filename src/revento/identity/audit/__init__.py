"""The audit log: who did what to what, append-only, sealed into a hash chain by a job."""
