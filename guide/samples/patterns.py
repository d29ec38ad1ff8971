"""Patterns: what integrations do most, each a few lines with the Python SDK. The tests run every one."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from revento_sdk import Delivery, Receiver, Revento
from revento_sdk.mirror import Mirror, SqliteMirrorStore


# [sync]
def keep_in_sync(revento: Revento, event_id: str, folder: Path) -> Mirror:
    mirror = Mirror(revento, event_id, SqliteMirrorStore(folder / f"{event_id}.db"))
    mirror.load()  # once; then mirror.apply(delivery) in your webhook handler, mirror.repair() every few minutes
    return mirror


# [/sync]


# [badges]
def badges(revento: Revento, event_id: str) -> list[dict[str, str]]:
    people = revento.event(event_id).participants(application_status="approved")
    return [{"name": one["display_name"], "role": one["role"], "code": one["id"]} for one in people]


def check_in(revento: Revento, event_id: str, code: str) -> str:
    one = revento.event(event_id).participant(code)  # the code on the badge is the participant's id
    return "welcome" if one["application_status"] == "approved" else f"not today: {one['application_status']}"


# [/badges]


# [chat]
def announcement(delivery: Delivery) -> str | None:
    """What to post in the event's chat, if anything."""
    message = delivery.message
    if message["type"] == "activity.updated" and message["data"]["status"] == "cancelled":
        return f"Cancelled: {message['data']['title']}"
    if message["type"] == "activity.updated" and "starts_at" in message["data"]["changed_fields"]:
        return f"{message['data']['title']} now starts at {message['data']['starts_at']}"
    if message["type"] == "activity.capacity_state_changed" and message["data"]["capacity_state"] == "open":
        return f"There are places again: {message['data']['title']}"
    return None


# [/chat]


# [ticketing]
def ticket(delivery: Delivery, tickets: dict[str, str]) -> None:
    """Tickets follow the place: sold when it is confirmed, void when the application is rejected later."""
    message = delivery.message
    if message["type"] == "participant.registered":
        tickets.setdefault(message["data"]["id"], "valid")
    elif message["type"] == "application.rejected":
        tickets[message["data"]["participant_id"]] = "void"


def void_withdrawn(revento: Revento, event_id: str, tickets: dict[str, str]) -> None:
    """There is no webhook for withdrawing: ask once a day."""
    for one in revento.event(event_id).participants(application_status="withdrawn"):
        tickets[one["id"]] = "void"


# [/ticketing]


# [signage]
def now_and_next(revento: Revento, event_id: str, now: datetime | None = None) -> list[str]:
    """Lines for a screen in the foyer."""
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    program = revento.event(event_id).program()
    zone = ZoneInfo(program["time_zone"])  # the event's clock, not the screen's
    rooms = {one["id"]: one["name"] for one in program["locations"]}
    coming = [one for day in program["days"] for one in day["activities"] if one["ends_at"] > stamp]
    coming = [one for one in coming if one["status"] == "scheduled"]
    return [
        f"{datetime.fromisoformat(one['starts_at']).astimezone(zone):%H:%M} {one['title']}"
        f" ({rooms.get(one['location_id'] or '', 'somewhere')})"
        for one in coming[:8]
    ]


# [/signage]


# [export]
def export(revento: Revento, event_id: str, path: Path) -> int:
    """One table, one run. Register it as a script; revoke the connection when you are done."""
    fields = ["id", "display_name", "role", "application_status", "submitted_at"]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, fields, extrasaction="ignore")
        table.writeheader()
        rows = [table.writerow(one) for one in revento.event(event_id).participants()]
    revento.revoke(event_id)
    return len(rows)


# [/export]


# [testing]
def a_test_of_yours() -> Delivery:
    from revento_sdk.testing import SECRET, signed_delivery

    headers, raw = signed_delivery("application.approved", {"participant_id": "ptp_1", "role": "host"})
    return Receiver(SECRET).receive(headers, raw)


# [/testing]
