"""What an integration's own tools ask with its client credentials: `revento manifest diff|push`, `revento logs`."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from litestar import Response, Router, get, post

from revento.access import queries as access
from revento.access.models import Entry
from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.manifest import Manifest
from revento.contract.v1 import developing
from revento.contract.v1.wire import Wire, stamp
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.conformance import actions as conformance
from revento.integrations.credentials import queries as credentials
from revento.integrations.credentials.models import Client, ProvenClient
from revento.integrations.manifests import actions as manifests
from revento.integrations.manifests import queries as versions
from revento.integrations.manifests.models import Comparison, Reconsent
from revento.kernel.db import Tx
from revento.web.api.integration import PAGE_MOST, AnyRequest, number, served
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services

_LOG_DAYS: Final = 30
_REFUSED: Final = (400, 599)


@get("/", name="itself")
async def itself(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Who this client is, and the manifest in force."""

    async def work(proven: ProvenClient) -> Wire:
        async def look(tx: Tx) -> Wire:
            client = await _client(tx, proven)
            version = await versions.find(tx, client.integration_id, client.manifest_id)
            return developing.Itself(
                integration_id=client.integration_id,
                client_id=client.id,
                name=client.integration_name,
                kind=client.integration_kind,
                environment=client.environment,
                state=client.integration_state,
                manifest_version=version.version if version else 0,
                manifest=msgspec.to_builtins(client.manifest),
            )

        return await edge.ask(provided, look)

    return await served(request, provided, work)


@post("/manifest", status_code=200)
async def put_manifest(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Puts a manifest in force; with `dry_run=1` only says what that would change and who must consent anew."""

    async def work(proven: ProvenClient) -> Wire:
        dry_run, raw = number(request, "dry_run", 0, 0, 1) == 1, await request.body()
        document = await _read(provided, raw, proven)

        async def put(tx: Tx) -> Wire:
            client = await _client(tx, proven)
            changed, touched = await manifests.compare(
                tx, client.integration_id, document, environment=client.environment
            )
            if dry_run:
                current = await versions.find(tx, client.integration_id, client.manifest_id)
                return _told(current.version if current else 0, False, changed, touched, document, None)
            version, secret = await catalogue.update(
                tx, None, client, document, box=provided.box, now=provided.clock.now()
            )
            return _told(version.version, True, changed, touched, document, secret)

        return await edge.ask(provided, put)

    return await served(request, provided, work)


@get("/requests")
async def requests(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """The latest requests of this client at the read API, the newest first; `errors=1`: only refused ones."""

    async def work(proven: ProvenClient) -> Wire:
        limit = number(request, "limit", 25, 1, PAGE_MOST)
        statuses = _REFUSED if number(request, "errors", 0, 0, 1) else None
        now = provided.clock.now()

        async def look(tx: Tx) -> list[Entry]:
            return await access.page_by_integration(
                tx,
                proven.integration_id,
                since=now - timedelta(days=_LOG_DAYS),
                until=now + timedelta(minutes=1),
                client_id=proven.client_id,
                statuses=statuses,
                limit=limit,
            )

        rows = [_logged(row) for row in await edge.ask(provided, look)]
        return developing.LoggedRequests(data=rows, next_cursor=None, has_more=False)

    return await served(request, provided, work)


@post("/conformance", status_code=200)
async def hand_in(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Takes the signed report of `revento check --report` into the checklist (docs/conformance-report.md)."""

    async def work(proven: ProvenClient) -> Wire:
        raw = await request.body()

        async def keep(tx: Tx) -> tuple[int, int]:
            id, by, now = proven.integration_id, proven.client_id, provided.clock.now()
            return await conformance.receive(tx, proven.client_id, id, raw, by=by, box=provided.box, now=now)

        try:
            passed, failed = await edge.ask(provided, keep)
        except Refused as refused:
            raise Refused(errors.INVALID_REQUEST, refused.say, field="report") from refused
        return developing.HandedIn(passed=passed, failed=failed)

    return await served(request, provided, work)


ROUTES: Final = Router("/api/v1/integration", route_handlers=[itself, put_manifest, requests, hand_in])


async def _client(tx: Tx, proven: ProvenClient) -> Client:
    client = await credentials.find_client(tx, proven.client_id)
    if client is None:
        raise Refused(errors.INVALID_CLIENT)
    return client


async def _read(provided: Services, raw: bytes, client: ProvenClient) -> Manifest:
    """The manifest; what is wrong with it is told by path, as the API tells it. Raises `Refused` (invalid_request)."""
    try:
        return await manifests.read_to_keep(
            raw, environment=client.environment, allowed=provided.settings.webhook_allow_nets
        )
    except Refused as refused:
        wrong: dict[str, str] = refused.extra["fields"]
        first = next(iter(wrong))
        raise Refused(errors.INVALID_REQUEST, field=first, expected=wrong[first], fields=wrong) from refused


def _told(
    version: int,
    in_force: bool,
    changed: Comparison | None,
    touched: list[Reconsent],
    document: Manifest,
    secret: str | None,
) -> Wire:
    return developing.ManifestTold(
        version=version,
        in_force=in_force,
        changes=[
            developing.ManifestChange(path=one.path, before=one.before, after=one.after)
            for one in (changed.changes if changed else [])
        ],
        must_consent_anew=[
            developing.MustConsent(
                event_id=one.event_id,
                event_title=one.event_title,
                organization_name=one.organization_name,
                lacking=[name for name in document.scopes.required if name not in one.granted_scopes],
            )
            for one in touched
        ],
        webhook_secret=secret,
    )


def _logged(row: Entry) -> developing.LoggedRequest:
    return developing.LoggedRequest(
        at=stamp(row.at),
        request_id=str(row.request_id),
        event_id=row.event_id,
        method=row.method,
        path=row.path,
        query=row.query,
        status=row.status,
        error=row.error,
        rows=row.rows,
        duration_ms=round(row.duration_ms, 1),
    )
