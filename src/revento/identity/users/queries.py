"""SQL of accounts."""

from datetime import date, datetime
from typing import Any

from revento.identity.users.models import Addressed, Export, User
from revento.identity.users.rules import Failures
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

FIND_BY_EMAIL = """
    SELECT id, email, name, password_hash, email_verified_at, locale, time_zone, is_operator, is_sandbox, created_at,
           updated_at, deleted_at
      FROM users
     WHERE lower(email) = lower(%(email)s) AND deleted_at IS NULL
"""


async def find_by_email(tx: Tx, email: str) -> User | None:
    """The account with this address, however it is capitalised."""
    return await tx.maybe(User, FIND_BY_EMAIL, email=email)


LIST_BY_EMAIL = """
    SELECT id, lower(email) AS email FROM users WHERE lower(email) = ANY(%(emails)s) AND deleted_at IS NULL
"""


async def list_by_email(tx: Tx, emails: list[str]) -> list[Addressed]:
    """The accounts with these addresses, which are in small letters."""
    return await tx.all(Addressed, LIST_BY_EMAIL, emails=emails)


GET = """
    SELECT id, email, name, password_hash, email_verified_at, locale, time_zone, is_operator, is_sandbox, created_at,
           updated_at, deleted_at
      FROM users
     WHERE id = %(id)s
"""


async def get(tx: Tx, id: UserId) -> User:
    """One account. Raises `NoRow`."""
    return await tx.one(User, GET, id=id)


LOCK = """
    SELECT id, email, name, password_hash, email_verified_at, locale, time_zone, is_operator, is_sandbox, created_at,
           updated_at, deleted_at
      FROM users
     WHERE id = %(id)s
       FOR UPDATE
"""


async def lock(tx: Tx, id: UserId) -> User:
    """One account, locked. Raises `NoRow`."""
    return await tx.one(User, LOCK, id=id)


INSERT = """
    INSERT INTO users (id, email, name, password_hash, email_verified_at, locale, is_operator, is_sandbox, created_at,
                       updated_at)
    VALUES (%(id)s, %(email)s, %(name)s, %(password_hash)s, %(email_verified_at)s, %(locale)s, %(is_operator)s,
            %(is_sandbox)s, %(now)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: UserId,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    email_verified_at: datetime | None,
    locale: str,
    is_operator: bool,
    is_sandbox: bool,
    now: datetime,
) -> None:
    """Opens an account. Raises `UniqueViolation` when the address is taken."""
    await tx.run(
        INSERT,
        id=id,
        email=email,
        name=name,
        password_hash=password_hash,
        email_verified_at=email_verified_at,
        locale=locale,
        is_operator=is_operator,
        is_sandbox=is_sandbox,
        now=now,
    )


async def insert_unclaimed(tx: Tx, people: list[Addressed], names: dict[str, str], *, now: datetime) -> None:
    """Opens accounts without a password for people who come from elsewhere, in one round trip."""
    same = {"password_hash": None, "email_verified_at": None, "locale": "en", "is_operator": False, "is_sandbox": False}
    rows = [{"id": each.id, "email": each.email, "name": names[each.email], "now": now, **same} for each in people]
    await tx.run_many(INSERT, rows)


PUT_SANDBOX = """
    INSERT INTO users (id, email, name, password_hash, email_verified_at, is_operator, is_sandbox, created_at,
                       updated_at)
    VALUES (%(id)s, %(email)s, %(name)s, %(password_hash)s, %(now)s, %(is_operator)s, true, %(now)s, %(now)s)
    ON CONFLICT (id) DO UPDATE
       SET email = EXCLUDED.email, name = EXCLUDED.name,
           password_hash = coalesce(EXCLUDED.password_hash, users.password_hash),
           email_verified_at = EXCLUDED.email_verified_at, is_operator = EXCLUDED.is_operator, deleted_at = NULL,
           updated_at = EXCLUDED.updated_at
     WHERE users.is_sandbox
"""


async def put_sandbox(tx: Tx, people: list[dict[str, object]]) -> None:
    """Opens accounts of the sandbox, or makes them again what they were."""
    await tx.run_many(PUT_SANDBOX, people)


UPDATE_PROFILE = """
    UPDATE users SET name = %(name)s, locale = %(locale)s, time_zone = %(time_zone)s, updated_at = %(now)s
     WHERE id = %(id)s
"""


async def update_profile(tx: Tx, id: UserId, *, name: str, locale: str, time_zone: str | None, now: datetime) -> None:
    """Changes what the person is called and how she reads times."""
    await tx.run(UPDATE_PROFILE, id=id, name=name, locale=locale, time_zone=time_zone, now=now)


SET_BIRTH_DATE = "UPDATE users SET birth_date = %(born)s, updated_at = %(now)s WHERE id = %(id)s"


async def set_birth_date(tx: Tx, id: UserId, born: date | None, *, now: datetime) -> None:
    """Keeps when the person was born."""
    await tx.run(SET_BIRTH_DATE, id=id, born=born, now=now)


FIND_BIRTH_DATE = "SELECT birth_date FROM users WHERE id = %(id)s AND birth_date IS NOT NULL"


async def find_birth_date(tx: Tx, id: UserId) -> date | None:
    """When the person was born, if she has told."""
    return await tx.maybe(date, FIND_BIRTH_DATE, id=id)


SET_PASSWORD = "UPDATE users SET password_hash = %(password_hash)s, updated_at = %(now)s WHERE id = %(id)s"


async def set_password(tx: Tx, id: UserId, password_hash: str, *, now: datetime) -> None:
    """Keeps a new password's hash."""
    await tx.run(SET_PASSWORD, id=id, password_hash=password_hash, now=now)


DROP_PASSWORD = "UPDATE users SET password_hash = NULL, updated_at = %(now)s WHERE id = %(id)s"


async def drop_password(tx: Tx, id: UserId, *, now: datetime) -> None:
    """Lets nobody in by password until there is a new one."""
    await tx.run(DROP_PASSWORD, id=id, now=now)


SET_EMAIL_VERIFIED = """
    UPDATE users SET email_verified_at = %(now)s, updated_at = %(now)s
     WHERE id = %(id)s AND lower(email) = lower(%(email)s)
"""


async def set_email_verified(tx: Tx, id: UserId, email: str, *, now: datetime) -> int:
    """Notes that the address is proved; 0 when the person has another address by now."""
    return await tx.run(SET_EMAIL_VERIFIED, id=id, email=email, now=now)


INSERT_EMAIL_TOKEN = """
    INSERT INTO email_tokens (hash, user_id, purpose, email, created_at, expires_at)
    VALUES (%(hash)s, %(user_id)s, %(purpose)s, %(email)s, %(now)s, %(expires_at)s)
"""


async def insert_email_token(
    tx: Tx, hash: bytes, *, user_id: UserId, purpose: str, email: str, expires_at: datetime, now: datetime
) -> None:
    """Keeps the hash of a link's token."""
    await tx.run(
        INSERT_EMAIL_TOKEN,
        hash=hash,
        user_id=user_id,
        purpose=purpose,
        email=email,
        expires_at=expires_at,
        now=now,
    )


COUNT_EMAIL_TOKENS = """
    SELECT count(*) FROM email_tokens
     WHERE user_id = %(user_id)s AND purpose = %(purpose)s AND created_at > %(since)s
"""


async def count_email_tokens(tx: Tx, user_id: UserId, purpose: str, *, since: datetime) -> int:
    """How many links of this purpose were sent lately."""
    return await tx.one(int, COUNT_EMAIL_TOKENS, user_id=user_id, purpose=purpose, since=since)


CLAIM_EMAIL_TOKEN = """
    UPDATE email_tokens SET used_at = %(now)s
     WHERE hash = %(hash)s AND purpose = %(purpose)s AND used_at IS NULL AND expires_at > %(now)s
    RETURNING user_id
"""


async def claim_email_token(tx: Tx, hash: bytes, purpose: str, *, now: datetime) -> UserId | None:
    """Uses a link up; `None` when used, too old or unknown."""
    found = await tx.maybe(str, CLAIM_EMAIL_TOKEN, hash=hash, purpose=purpose, now=now)
    return None if found is None else UserId(found)


FIND_EMAIL_OF_TOKEN = "SELECT email FROM email_tokens WHERE hash = %(hash)s"


async def find_email_of_token(tx: Tx, hash: bytes) -> str | None:
    """The address that a link was sent to."""
    return await tx.maybe(str, FIND_EMAIL_OF_TOKEN, hash=hash)


COUNT_FAILURES = """
    SELECT count(*) FILTER (WHERE account = %(account)s AND address = %(address)s) AS pair,
           count(*) FILTER (WHERE address = %(address)s) AS address,
           count(*) FILTER (WHERE account = %(account)s) AS account,
           EXISTS (SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
                    WHERE lower(u.email) = lower(%(email)s) AND s.address = %(address)s) AS known_address
      FROM sign_in_failures
     WHERE at > %(since)s AND (account = %(account)s OR address = %(address)s)
"""


async def count_failures(tx: Tx, account: bytes, email: str, address: str, *, since: datetime) -> Failures:
    """Failed sign-ins since then, by account, by address and by both."""
    return await tx.one(Failures, COUNT_FAILURES, account=account, email=email, address=address, since=since)


INSERT_FAILURE = """
    INSERT INTO sign_in_failures (account, address, at) VALUES (%(account)s, %(address)s, %(now)s)
"""


async def insert_failure(tx: Tx, account: bytes, address: str, *, now: datetime) -> None:
    """Counts a failed sign-in."""
    await tx.run(INSERT_FAILURE, account=account, address=address, now=now)


DROP_FAILURES = "DELETE FROM sign_in_failures WHERE account = %(account)s AND address = %(address)s"


async def drop_failures(tx: Tx, account: bytes, address: str) -> None:
    """Forgets this address's failures once its person got in."""
    await tx.run(DROP_FAILURES, account=account, address=address)


# Everything that the account itself holds about its person, for her download.
EXPORT = """
    SELECT jsonb_build_object(
        'id', u.id, 'name', u.name, 'email', u.email, 'email_verified_at', u.email_verified_at, 'language', u.locale,
        'time_zone', u.time_zone, 'birth_date', u.birth_date, 'created_at', u.created_at, 'updated_at', u.updated_at,
        'former_addresses', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', f.email, 'until', f.left_at)), '[]')
                               FROM former_addresses f WHERE f.user_id = u.id),
        'devices', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'signed_in_at', s.created_at, 'last_seen_at', s.last_seen_at, 'address', s.address,
                        'device', s.user_agent, 'ended_at', s.revoked_at) ORDER BY s.created_at), '[]')
                      FROM sessions s WHERE s.user_id = u.id),
        'passkeys', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'name', k.name, 'created_at', k.created_at, 'last_used_at', k.last_used_at)), '[]')
                       FROM passkeys k WHERE k.user_id = u.id),
        'organizations', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'id', o.id, 'name', o.name, 'role', m.role, 'since', m.created_at)), '[]')
                            FROM memberships m JOIN organizations o ON o.id = m.organization_id
                           WHERE m.user_id = u.id),
        'letters', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'at', l.created_at, 'subject', l.subject, 'body', l.body) ORDER BY l.created_at), '[]')
                      FROM mails l
                     WHERE lower(l.recipient) = lower(u.email)
                        OR EXISTS (SELECT 1 FROM former_addresses f
                                    WHERE f.user_id = u.id AND lower(f.email) = lower(l.recipient)
                                      AND l.created_at <= f.left_at)),
        'deeds', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'at', d.at, 'action', d.action, 'subject', d.subject, 'address', d.address)), '[]')
                    FROM (SELECT at, action, subject, address FROM audit_log
                           WHERE actor = u.id ORDER BY id DESC LIMIT 10000) d)) AS document
      FROM users u WHERE u.id = %(user_id)s
"""


async def export(tx: Tx, user_id: UserId) -> dict[str, Any]:
    """The account as its person may take it away."""
    return (await tx.one(Export, EXPORT, user_id=user_id)).document
