"""The doors through which passkeys are made, used and forgotten. The protocol's checks are py_webauthn's."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.identity.audit import actions as audit
from revento.identity.passkeys import queries
from revento.identity.passkeys.models import Asked, Challenge, Site
from revento.identity.sessions import actions as sessions
from revento.identity.sessions.actions import Opened
from revento.identity.sessions.models import SignedIn
from revento.kernel import ids, secrets
from revento.kernel.db import Tx, UniqueViolation
from revento.kernel.ids import UserId

LIFE: Final = timedelta(minutes=5)
MOST: Final = 20
_HANDLE: Final = "rev_challenge_"
_UNREADABLE: Final = (WebAuthnException, msgspec.MsgspecError, ValueError, KeyError, TypeError)


async def ask_to_make(tx: Tx, person: SignedIn, site: Site, *, now: datetime) -> Asked:
    """What the browser needs to make a passkey for this person. Raises `FRESH_SIGN_IN_REQUIRED`."""
    if not person.is_fresh(now):
        raise Refused(errors.FRESH_SIGN_IN_REQUIRED)
    known = await queries.list_credential_ids(tx, person.user_id)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Revento",
        user_id=person.user_id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=id) for id in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    handle = await _keep(tx, options.challenge, person.user_id, "register", now=now)
    return Asked(handle, msgspec.Raw(webauthn.options_to_json(options).encode()))


async def make(tx: Tx, person: SignedIn, site: Site, *, handle: str, credential: str, name: str, now: datetime) -> str:
    """Keeps the public half of a passkey that the browser has made. Raises `LINK_EXPIRED`, `INVALID_INPUT`."""
    challenge = await _claim(tx, handle, "register", now=now)
    if challenge is None or challenge.user_id != person.user_id:
        raise Refused(errors.LINK_EXPIRED, "That took too long, or was sent twice. Press the button again.")
    if len(await queries.list_credential_ids(tx, person.user_id)) >= MOST:
        raise Refused(errors.INVALID_INPUT, f"You have {MOST} passkeys. Remove one first.")
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise Refused(errors.INVALID_INPUT, "Your device's answer could not be checked. Try again.") from error
    id = ids.new("psk")
    try:
        await queries.insert(
            tx,
            id,
            user_id=person.user_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:100] or "Passkey",
            now=now,
        )
    except UniqueViolation as error:
        raise Refused(errors.INVALID_INPUT, "This passkey is known already.") from error
    await audit.note(tx, person.user_id, "passkey.made", id, now=now)
    return id


async def forget(tx: Tx, user_id: UserId, id: str, *, now: datetime) -> None:
    """Forgets one of one's own passkeys. Raises `NOT_FOUND`."""
    if not await queries.drop(tx, user_id, id):
        raise Refused(errors.NOT_FOUND)
    await audit.note(tx, user_id, "passkey.forgotten", id, now=now)


async def ask_to_sign_in(tx: Tx, site: Site, *, now: datetime) -> Asked:
    """What the browser needs to offer the passkeys that it has for us; nobody is named."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    handle = await _keep(tx, options.challenge, None, "sign_in", now=now)
    return Asked(handle, msgspec.Raw(webauthn.options_to_json(options).encode()))


async def sign_in(
    tx: Tx, site: Site, *, handle: str, credential: str, address: str, user_agent: str, now: datetime
) -> Opened | Reason:
    """Trades a signed challenge for a session. A no is returned: the challenge is used up by it."""
    challenge = await _claim(tx, handle, "sign_in", now=now)
    user_id = await _proved(tx, site, challenge, credential, now=now) if challenge else None
    if user_id is None:
        await audit.note(tx, "unknown", "user.sign_in_refused", "passkey", now=now)
        return errors.WRONG_CREDENTIALS
    return await sessions.open_for(tx, user_id, address=address, user_agent=user_agent, now=now)


async def _proved(tx: Tx, site: Site, challenge: Challenge, credential: str, *, now: datetime) -> UserId | None:
    try:
        sent: dict[str, Any] = msgspec.json.decode(credential, type=dict[str, Any])
        known = await queries.find_known(tx, webauthn.base64url_to_bytes(str(sent["id"])))
        if known is None:
            return None
        proved = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    await queries.set_used(tx, known.id, proved.new_sign_count, now=now)
    return known.user_id


async def _keep(tx: Tx, challenge: bytes, user_id: UserId | None, purpose: str, *, now: datetime) -> str:
    handle = secrets.new_secret(_HANDLE)
    await queries.drop_old_challenges(tx, now=now)
    await queries.insert_challenge(
        tx, secrets.sha256(handle), challenge, user_id=user_id, purpose=purpose, expires_at=now + LIFE
    )
    return handle


async def _claim(tx: Tx, handle: str, purpose: str, *, now: datetime) -> Challenge | None:
    if not secrets.is_well_formed(handle, _HANDLE):
        return None
    found = await queries.claim_challenge(tx, secrets.sha256(handle), purpose)
    return found if found is not None and found.expires_at > now else None
