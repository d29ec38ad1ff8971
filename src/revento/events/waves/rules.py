"""Decisions about waves."""

from datetime import datetime

from revento.contract.v1.program import WaveStatus
from revento.events.waves.models import Wave


def status(wave: Wave, now: datetime) -> WaveStatus:
    """How the wave stands: before it opens, open, full, or over (contract §4)."""
    if now < wave.opens_at:
        return "upcoming"
    if now >= wave.closes_at:
        return "closed"
    if wave.capacity is not None and wave.taken >= wave.capacity:
        return "full"
    return "open"
