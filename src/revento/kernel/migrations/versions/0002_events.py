"""Events: program, forms, waves, applications, participants, sign-ups, pages."""

from revento.kernel.migrations import run_sql

revision = "0002_events"
down_revision = "0001_identity"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0002_events")
