"""The review of applications: its queue, decisions taken, notes among reviewers."""
