"""The ledger of API requests, one partition a day."""

from revento.kernel.migrations import run_sql

revision = "0005_access"
down_revision = "0004_oauth"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0005_access")
