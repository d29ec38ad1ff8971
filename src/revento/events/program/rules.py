"""Decisions about the program."""

from collections.abc import Sequence
from typing import Final

from revento.contract.v1.program import CapacityState
from revento.events.program.models import Activity

NEARLY_FULL: Final = 0.9


def capacity_state(activity: Activity) -> CapacityState:
    """How free an activity is (contract §4): closed when cancelled or sign-ups are; nearly full from 90 %."""
    if activity.status == "cancelled" or not activity.signups_open:
        return "closed"
    if activity.capacity is None:
        return "unlimited"
    if activity.signup_count >= activity.capacity:
        return "full"
    return "nearly_full" if activity.signup_count >= NEARLY_FULL * activity.capacity else "open"


def clashes(activities: Sequence[Activity]) -> dict[str, list[str]]:
    """For each activity that shares a room or a host at the same time: the others, by id. Zero minutes clash never."""
    found: dict[str, list[str]] = {}
    running: list[Activity] = []
    for activity in sorted(activities, key=lambda each: (each.starts_at, each.id)):
        if activity.status == "cancelled" or activity.ends_at <= activity.starts_at:
            continue
        running = [other for other in running if other.ends_at > activity.starts_at]
        for other in running:
            if _share(activity, other):
                found.setdefault(activity.id, []).append(other.id)
                found.setdefault(other.id, []).append(activity.id)
        running.append(activity)
    return found


def _share(one: Activity, other: Activity) -> bool:
    if one.location_id is not None and one.location_id == other.location_id:
        return True
    hosts = {host.participant_id or host.display_name for host in one.hosts}
    return any((host.participant_id or host.display_name) in hosts for host in other.hosts)
