"""Decisions about Login with Revento."""

from collections.abc import Iterable

from revento.contract import errors, scopes
from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import Client
from revento.integrations.installations.models import Installation
from revento.kernel.ids import OrganizationId


def why_not_sign_in(
    client: Client, installation: Installation | None, has_application: bool, organization_id: OrganizationId
) -> Reason | None:
    """Eligible is who has an application for the event, to an integration of the catalogue that is connected to it.

    An in-house integration or a script counts for its own organization's events (contract §3.1).
    """
    if client.integration_state == "suspended":
        return errors.INTEGRATION_SUSPENDED
    if not _is_listed(client, organization_id):
        return errors.NOT_IN_CATALOGUE
    if installation is None or not installation.is_active or installation.client_id != client.id:
        return errors.NOT_CONNECTED
    return None if has_application else errors.NO_APPLICATION


def _is_listed(client: Client, organization_id: OrganizationId) -> bool:
    sandboxed = client.environment == "sandbox"
    works = client.integration_state == "published" or (sandboxed and client.integration_state != "unpublished")
    own = client.organization_id == organization_id or (sandboxed and not client.organization_id)
    return works and (client.integration_kind == "public" or own)


def why_not_scopes(client: Client, asked: Iterable[str]) -> Reason | None:
    """A user grant carries declared user scopes, at least one."""
    names = list(asked)
    fits = scopes.kind_of(names) is TokenKind.USER and set(names) <= set(client.manifest.declared_scopes)
    return None if fits else errors.INVALID_SCOPE
