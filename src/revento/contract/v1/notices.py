"""Webhook payloads that report on the connection itself (contract §6.5, §6.6)."""

from typing import Literal

from revento.contract.v1.wire import Wire


class DeletionRequired(Wire, frozen=True, kw_only=True):
    """`data` of `data.deletion_required`: what must be erased, and until when."""

    deletion_id: str
    subject: Literal["event", "participant"]
    participant_id: str | None
    user_id: str | None
    reason: str
    deadline_at: str


class IntegrationSuspended(Wire, frozen=True, kw_only=True):
    """`data` of `integration.suspended`."""

    integration_id: str
    reason: str
    suspended_at: str


class IntegrationResumed(IntegrationSuspended, frozen=True, kw_only=True):
    """`data` of `integration.resumed`."""

    resumed_at: str


class Test(Wire, frozen=True, kw_only=True):
    """`data` of `webhook.test`."""

    message: str
