"""Who gets what: one function, asked when a message is routed and again when it is sent (contract §6.1)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from revento.contract import topics
from revento.contract.topics import Topic
from revento.webhooks.fanout.models import Target, Unrouted


class WhyNot(StrEnum):
    """Why a receiver is not told."""

    NOT_DECLARED = "not_declared"
    ENDED = "ended"
    NO_SCOPE = "no_scope"
    SUSPENDED = "suspended"
    PAUSED = "paused_by_organizer"
    NO_ADDRESS = "no_address"


# Passing obstacles: the delivery is numbered and held, so that nothing is lost and no number is missing afterwards.
HELD: Final = frozenset({WhyNot.SUSPENDED, WhyNot.PAUSED, WhyNot.NO_ADDRESS})


def why_not(topic: Topic[Any], target: Target) -> WhyNot | None:
    """Why `target` is not told of `topic` now; `None` when it is.

    An active installation, the declared type, the granted scope. A deletion duty reaches an ended installation too,
    and a test reaches whoever asked for it. What needs no scope holds no data and passes a suspension.
    """
    if topic.name not in target.declared and topic is not topics.WEBHOOK_TEST:
        return WhyNot.NOT_DECLARED
    if target.installation_state == "ended" and topic is not topics.DELETION_REQUIRED:
        return WhyNot.ENDED
    if topic.scope is not None and topic.scope.name not in target.granted_scopes:
        return WhyNot.NO_SCOPE
    if topic.scope is None:
        return None if target.url else WhyNot.NO_ADDRESS
    return why_withheld(target)


def why_withheld(target: Target) -> WhyNot | None:
    """Why nothing with data goes to `target` for the time being, whatever the topic."""
    if target.integration_state == "suspended":
        return WhyNot.SUSPENDED
    if target.is_paused:
        return WhyNot.PAUSED
    return None if target.url else WhyNot.NO_ADDRESS


def addressed(message: Unrouted, targets: Iterable[Target]) -> list[Target]:
    """Those among `targets` that the message is addressed to, whether or not they may be told.

    Integration-level messages go once per integration: to its production client, without one to the sandbox client.
    """
    if message.installation_id is not None:
        return [one for one in targets if one.installation_id == message.installation_id]
    if message.client_id is not None:
        return [one for one in targets if one.installation_id is None and one.client_id == message.client_id]
    if message.integration_id is not None:
        clients = [
            one for one in targets if one.installation_id is None and one.integration_id == message.integration_id
        ]
        return sorted(clients, key=lambda one: one.environment != "production")[:1]
    return [one for one in targets if one.event_id == message.event_id and one.installation_state == "active"]
