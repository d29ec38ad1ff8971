"""Users, sessions, organizations, roles and the audit log."""
