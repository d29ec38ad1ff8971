"""Reading manifests and keeping their versions."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from revento.contract import errors, manifest
from revento.contract.errors import Refused
from revento.contract.manifest import Environment, Manifest
from revento.contract.scopes import TokenKind
from revento.integrations.manifests import queries, rules
from revento.integrations.manifests.models import Comparison, Reconsent, Version
from revento.kernel import ids
from revento.kernel.config import Network
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, ManifestId, UserId

WHOLE: Final = "$"  # the JSON path of the document itself
MOST_BYTES: Final = 64 * 1024
_PATH: Final = re.compile(r"^(?P<say>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_REQUIRED: Final = re.compile(r"Object missing required field `(?P<name>\w+)`")


def schema() -> dict[str, Any]:
    """The JSON Schema that is published at `/api/v1/manifest.schema.json`."""
    return manifest.schema()


def read(raw: bytes | dict[str, Any], *, environment: Environment, allowed: Sequence[Network] = ()) -> Manifest:
    """A manifest out of JSON, checked by every rule of its environment.

    Raises `INVALID_INPUT` with `fields`: JSON path → words for each thing that is wrong, all at once.
    """
    document = _decode(raw) if isinstance(raw, bytes) else raw
    found = _convert(document)
    if wrong := rules.wrong(found, environment=environment, allowed=allowed):
        raise refused(wrong)
    return found


async def read_to_keep(
    raw: bytes | dict[str, Any], *, environment: Environment, allowed: Sequence[Network] = ()
) -> Manifest:
    """The same for one that is to be kept: where the name of its webhook address leads is looked at as well."""
    found = read(raw, environment=environment, allowed=allowed)
    if found.webhook_url and (why := await rules.why_not_reach(found.webhook_url, environment, allowed)):
        raise refused({"webhook_url": why})
    return found


def refused(wrong: dict[str, str]) -> Refused:
    """The refusal of a manifest: one line that names every path, and `fields` for who shows them apart."""
    say = " ".join(f"{path}: {words}" for path, words in wrong.items())
    return Refused(errors.INVALID_INPUT, say, fields=wrong)


def _decode(raw: bytes) -> dict[str, Any]:
    if len(raw) > MOST_BYTES:
        raise refused({WHOLE: f"A manifest has at most {MOST_BYTES // 1024} KiB."})
    try:
        found: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise refused({WHOLE: f"This is not JSON: {error}."}) from error
    if not isinstance(found, dict):
        raise refused({WHOLE: "Expected a JSON object."})
    return found  # pyright: ignore[reportUnknownVariableType]


def _convert(document: dict[str, Any]) -> Manifest:
    """The document as a struct, field by field, so that everything of a wrong type is told at once."""
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Manifest):
        if field.name not in document:
            if field.required:
                wrong[field.name] = "This is missing."
            continue
        try:
            values[field.name] = msgspec.convert(_cleaned(document[field.name], field.type), field.type)
        except msgspec.ValidationError as error:
            path, say = _explained(str(error))
            wrong[field.name + path] = _choices(field.type) or say
    if wrong:
        raise refused(wrong)
    return Manifest(**values)


def _cleaned(value: Any, kind: Any) -> Any:
    """An empty text where an address may be absent is none."""
    return None if value == "" and kind == str | None else value


def _explained(error: str) -> tuple[str, str]:
    """The path below the field and the words of a type error."""
    match = _PATH.match(error)
    say, path = (match["say"], match["path"] or "") if match else (error, "")
    if missing := _REQUIRED.search(say):
        return f"{path}.{missing['name']}", "This is missing."
    return path.replace("[...]", ""), f"{say.replace('`', '')}."


def _choices(kind: Any) -> str | None:
    """The words for a field that knows only some values; the type error names none of them."""
    return f"Expected one of {', '.join(get_args(kind))}." if get_origin(kind) is Literal else None


async def add_version(
    tx: Tx,
    integration_id: IntegrationId,
    document: Manifest,
    *,
    environment: Environment,
    by: UserId | None,
    now: datetime,
) -> Version:
    """Keeps a version; it is in force once a client names it (`catalogue.actions.put_in_force`)."""
    return await queries.insert(
        tx,
        ManifestId(ids.new("man")),
        integration_id=integration_id,
        environment=environment,
        document=msgspec.to_builtins(document),
        created_by=by,
        now=now,
    )


async def compare(
    tx: Tx, integration_id: IntegrationId, document: Manifest, *, environment: Environment
) -> tuple[Comparison | None, list[Reconsent]]:
    """What a document changes against the version in force, and which connected events must consent anew.

    The comparison is `None` when nothing is in force yet.
    """
    current = await queries.find_current(tx, integration_id, environment)
    required = rules.of_kind(document.scopes.required, TokenKind.INSTALLATION)
    touched = await queries.list_reconsents(tx, integration_id, environment, required=required)
    return (rules.compare(current.document, document) if current else None), touched
