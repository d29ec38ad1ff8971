"""Integrations: clients, manifests, credentials, installations, grants, duties."""

from revento.kernel.migrations import run_sql

revision = "0003_integrations"
down_revision = "0002_events"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0003_integrations")
