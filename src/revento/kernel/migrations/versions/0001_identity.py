"""People, their sessions, organizations, mail and the audit log."""

from revento.kernel.migrations import run_sql

revision = "0001_identity"
down_revision = None


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0001_identity")
