"""SQL of clients, client secrets and signing secrets."""

from datetime import datetime

from revento.integrations.credentials.models import Candidate, Client, Loan, Secret
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId, ManifestId, UserId

FIND_CLIENT = """
    SELECT c.id, c.integration_id, c.environment, g.name AS integration_name, g.kind AS integration_kind,
           g.state AS integration_state, g.organization_id, c.manifest_id, f.document AS manifest
      FROM clients c
      JOIN integrations g ON g.id = c.integration_id
      JOIN manifests f ON f.id = c.manifest_id
     WHERE c.id = %(client_id)s
"""


async def find_client(tx: Tx, client_id: str) -> Client | None:
    """A client with the manifest in force."""
    return await tx.maybe(Client, FIND_CLIENT, client_id=client_id)


LIST_CLIENTS = """
    SELECT c.id, c.integration_id, c.environment, g.name AS integration_name, g.kind AS integration_kind,
           g.state AS integration_state, g.organization_id, c.manifest_id, f.document AS manifest
      FROM clients c
      JOIN integrations g ON g.id = c.integration_id
      JOIN manifests f ON f.id = c.manifest_id
     WHERE c.integration_id = %(integration_id)s
     ORDER BY c.environment DESC
"""


async def list_clients(tx: Tx, integration_id: IntegrationId) -> list[Client]:
    """The clients of an integration, sandbox first."""
    return await tx.all(Client, LIST_CLIENTS, integration_id=integration_id)


INSERT_CLIENT = """
    INSERT INTO clients (id, integration_id, environment, manifest_id, created_at)
    VALUES (%(id)s, %(integration_id)s, %(environment)s, %(manifest_id)s, %(now)s)
"""


async def insert_client(
    tx: Tx, id: ClientId, *, integration_id: IntegrationId, environment: str, manifest_id: ManifestId, now: datetime
) -> None:
    """Makes a client. Raises `UniqueViolation` when the environment has one."""
    await tx.run(
        INSERT_CLIENT,
        id=id,
        integration_id=integration_id,
        environment=environment,
        manifest_id=manifest_id,
        now=now,
    )


SET_MANIFEST = "UPDATE clients SET manifest_id = %(manifest_id)s WHERE id = %(client_id)s"


async def set_manifest(tx: Tx, client_id: ClientId, manifest_id: ManifestId) -> None:
    """Puts a version in force."""
    await tx.run(SET_MANIFEST, client_id=client_id, manifest_id=manifest_id)


# Serves every authentication of a client; index client_secrets_live.
LIST_CANDIDATES = """
    SELECT c.id AS client_id, c.integration_id, c.environment, g.state AS integration_state, s.id AS secret_id, s.hash,
           s.last_used_at
      FROM clients c
      JOIN integrations g ON g.id = c.integration_id
      JOIN client_secrets s ON s.client_id = c.id
     WHERE c.id = %(client_id)s AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > %(now)s)
"""


async def list_candidates(tx: Tx, client_id: str, *, now: datetime) -> list[Candidate]:
    """The client with each secret that counts now."""
    return await tx.all(Candidate, LIST_CANDIDATES, client_id=client_id, now=now)


SET_USED = "UPDATE client_secrets SET last_used_at = %(now)s WHERE id = %(id)s"


async def set_used(tx: Tx, id: str, *, now: datetime) -> None:
    """Notes when a secret was last used."""
    await tx.run(SET_USED, id=id, now=now)


INSERT_SECRET = """
    INSERT INTO client_secrets (id, client_id, hash, hint, created_at, expires_at, lent_by, lent_to)
    VALUES (%(id)s, %(client_id)s, %(hash)s, %(hint)s, %(now)s, %(until)s, %(lent_by)s, %(lent_to)s)
"""


async def insert_secret(
    tx: Tx, id: str, *, client_id: ClientId, hash: bytes, hint: str, loan: Loan | None, now: datetime
) -> None:
    """Keeps the hash of a new client secret, which counts until it is ended, or as long as it is lent."""
    lent = {"until": loan and loan.until, "lent_by": loan and loan.by, "lent_to": loan and loan.machine}
    await tx.run(INSERT_SECRET, id=id, client_id=client_id, hash=hash, hint=hint, now=now, **lent)


EXPIRE_SECRETS = """
    UPDATE client_secrets
       SET expires_at = least(coalesce(expires_at, %(at)s), %(at)s)
     WHERE client_id = %(client_id)s AND id <> %(but)s AND ended_at IS NULL
"""


async def expire_secrets(tx: Tx, client_id: ClientId, *, but: str, at: datetime) -> None:
    """Gives the older client secrets an end."""
    await tx.run(EXPIRE_SECRETS, client_id=client_id, but=but, at=at)


END_SECRET = """
    UPDATE client_secrets
       SET ended_at = %(now)s
     WHERE client_id = %(client_id)s AND id = %(id)s AND ended_at IS NULL
       AND EXISTS (SELECT 1 FROM client_secrets o
                    WHERE o.client_id = %(client_id)s AND o.id <> %(id)s AND o.ended_at IS NULL
                      AND o.expires_at IS NULL)
"""


async def end_secret(tx: Tx, client_id: ClientId, id: str, *, now: datetime) -> int:
    """Ends an older client secret at once; 0 when unknown, ended or the only lasting one."""
    return await tx.run(END_SECRET, client_id=client_id, id=id, now=now)


# Index client_secrets_lent.
END_LENT = """
    UPDATE client_secrets s
       SET ended_at = %(now)s
      FROM clients c
     WHERE s.lent_by = %(user_id)s AND s.ended_at IS NULL AND c.id = s.client_id AND c.integration_id = %(id)s
"""


async def end_lent(tx: Tx, integration_id: IntegrationId, user_id: UserId, *, now: datetime) -> None:
    """Ends what a person has lent to her machines."""
    await tx.run(END_LENT, id=integration_id, user_id=user_id, now=now)


LIST_SECRETS = """
    SELECT id, hint, created_at, expires_at, ended_at, last_used_at, lent_to
      FROM client_secrets
     WHERE client_id = %(client_id)s
     ORDER BY (ended_at IS NULL AND expires_at IS NULL) DESC, created_at DESC, id DESC
     LIMIT 100
"""


async def list_secrets(tx: Tx, client_id: ClientId) -> list[Secret]:
    """The client secrets, the newest first."""
    return await tx.all(Secret, LIST_SECRETS, client_id=client_id)


INSERT_SIGNING = """
    INSERT INTO signing_secrets (id, client_id, sealed, hint, created_at)
    VALUES (%(id)s, %(client_id)s, %(sealed)s, %(hint)s, %(now)s)
"""


async def insert_signing(tx: Tx, id: str, *, client_id: ClientId, sealed: bytes, hint: str, now: datetime) -> None:
    """Keeps a new signing secret, sealed."""
    await tx.run(INSERT_SIGNING, id=id, client_id=client_id, sealed=sealed, hint=hint, now=now)


EXPIRE_SIGNING = """
    UPDATE signing_secrets
       SET expires_at = least(coalesce(expires_at, %(at)s), %(at)s)
     WHERE client_id = %(client_id)s AND id <> %(but)s AND ended_at IS NULL
"""


async def expire_signing(tx: Tx, client_id: ClientId, *, but: str, at: datetime) -> None:
    """Gives the older signing secrets an end."""
    await tx.run(EXPIRE_SIGNING, client_id=client_id, but=but, at=at)


END_SIGNING = """
    UPDATE signing_secrets
       SET ended_at = %(now)s
     WHERE client_id = %(client_id)s AND id = %(id)s AND ended_at IS NULL
       AND EXISTS (SELECT 1 FROM signing_secrets o
                    WHERE o.client_id = %(client_id)s AND o.id <> %(id)s AND o.ended_at IS NULL
                      AND o.expires_at IS NULL)
"""


async def end_signing(tx: Tx, client_id: ClientId, id: str, *, now: datetime) -> int:
    """Ends an older signing secret at once; 0 when unknown, ended or the only lasting one."""
    return await tx.run(END_SIGNING, client_id=client_id, id=id, now=now)


LIST_SIGNING = """
    SELECT id, hint, created_at, expires_at, ended_at, NULL::timestamptz AS last_used_at
      FROM signing_secrets
     WHERE client_id = %(client_id)s
     ORDER BY created_at DESC, id DESC
     LIMIT 20
"""


async def list_signing(tx: Tx, client_id: ClientId) -> list[Secret]:
    """The signing secrets, the newest first."""
    return await tx.all(Secret, LIST_SIGNING, client_id=client_id)
