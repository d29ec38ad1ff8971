"""The webhook engine's tables: what happened, who is told, what is still to send and what became of it."""

from revento.kernel.migrations import run_sql

revision = "0007_webhooks"
down_revision = "0006_jobs"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0007_webhooks")
