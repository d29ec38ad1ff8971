"""What this machine knows by id, for Tab: the sandbox on it, and the events that the integration is connected to.

Nothing here may take long or complain: whoever presses Tab wants a word, not an explanation.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from revento.cli import folder, server
from revento.cli.terminal import Failed
from revento.contract import endpoints
from revento.sandbox.models import SHEET, Sheet

Known = dict[str, str]  # id -> what it is, in a word or two
_PATIENCE_S: Final = 2.0
_OWN_PATHS: Final = ("/integration/deletions", "/integration/deliveries", "/integration/installations")


class Noun(StrEnum):
    """What has an id that somebody may want to type."""

    EVENT = "event"
    ORGANIZATION = "organization"
    INTEGRATION = "integration"
    PERSON = "person"
    PATH = "path"


def ids(noun: Noun) -> Known:
    """All of them that are known here."""
    sheet = _sheet()
    if noun is Noun.EVENT:
        return _events(sheet)
    if noun is Noun.PATH:
        return _paths(_events(sheet))
    if sheet is None:
        return {}
    if noun is Noun.PERSON:
        return {each.email: f"{each.name}, {each.role}" for each in sheet.people}
    return {each.id: each.name for each in (sheet.organizations if noun is Noun.ORGANIZATION else sheet.integrations)}


def _sheet() -> Sheet | None:
    try:
        return msgspec.json.decode((folder.chosen(Path.cwd()) / SHEET).read_bytes(), type=Sheet)
    except (OSError, msgspec.DecodeError):
        return None


def _events(sheet: Sheet | None) -> Known:
    """The sandbox's, the one that a quickstart's settings name, and those that the integration is connected to."""
    found = {each.id: each.name for each in sheet.events} if sheet else {}
    own = os.environ.get("SANDBOX_EVENT_ID") or server.dotenv().get("SANDBOX_EVENT_ID")
    if own:
        found.setdefault(own, "SANDBOX_EVENT_ID")
    for each in _connected():
        found.setdefault(each, "connected")
    return found


def _connected() -> list[str]:
    try:
        client = server.Client(None, None, None, patience_s=_PATIENCE_S)
        told = client.ask("GET", "/installations")["data"]
        return [str(each["event_id"]) for each in told if each["status"] == "active"]
    except (Failed, KeyError, TypeError):
        return []


def _paths(events: Known) -> Known:
    """What can be asked of the read API without naming more than an event, and the integration's own endpoints."""
    found: Known = {}
    for each in endpoints.ALL:
        if "{event_id}" not in each.path and "{" not in each.path:
            found[each.path] = each.say
        elif each.path.count("{") == 1 and "{event_id}" in each.path:
            found |= {each.path.replace("{event_id}", id): name for id, name in events.items()}
    return found | dict.fromkeys(_OWN_PATHS, "the integration's own")
