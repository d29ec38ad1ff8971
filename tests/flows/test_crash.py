"""`kill -9` in the middle of approvals: each is there with its message, or not at all."""

import os
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from revento.kernel.embedded import Embedded
from tests.flows.clicks import Reviewer
from tests.flows.house import House, alive, eventually

ROUNDS = int(os.environ.get("REVENTO_CRASH_ROUNDS", "3"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180 + 60 * ROUNDS)]
APPROVED = """
    SELECT a.id, (SELECT count(*) FROM messages m
                   WHERE m.topic = 'application.approved' AND m.resource_key = a.id AND m.occurred_at > %(since)s)
      FROM applications a
     WHERE a.status = 'approved' AND a.last_reviewed_at > %(since)s
"""
TOLD = "SELECT resource_key FROM messages WHERE topic = 'application.approved' AND occurred_at > %s"


def test_an_approval_and_its_message_survive_a_crash_together_or_not_at_all(tmp_path: Path) -> None:
    """The whole tree at once, database included; in every other round only `up`, whom all others have to follow."""
    dice, house = random.Random(), House(tmp_path / "data")
    for round in range(ROUNDS):
        house.start()
        if round:  # a round may approve everybody who waits
            house.run("sandbox", "reset")
        (event, *_) = [each for each in house.sheet["events"] if "Tides" in each["name"]]
        reviewer, began = Reviewer(house), datetime.now(UTC) - timedelta(seconds=1)
        clicking = threading.Thread(target=reviewer.approve_until_it_falls, args=(event["id"],))
        clicking.start()
        eventually(lambda r=reviewer: r.confirmed or None, within_s=60)
        time.sleep(dice.random() / 3)
        tree = house.kill(only_the_root=round % 2 == 1)
        clicking.join(timeout=60)
        eventually(lambda t=tree: True if not alive(t) else None, within_s=60)
        kept, told = what_is_kept(house, began)
        assert set(reviewer.confirmed) <= set(kept)
        assert set(kept.values()) == {1}
        assert sorted(told) == sorted(kept)


def what_is_kept(house: House, since: datetime) -> tuple[dict[str, int], list[str]]:
    """Approvals with the number of their messages, and whom messages say to be approved: after recovery."""
    server = Embedded.start(house.data_dir / "pg")
    try:
        with psycopg.connect(server.url) as connection:
            kept = dict(connection.execute(APPROVED, {"since": since}).fetchall())
            return kept, [id for (id,) in connection.execute(TOLD, (since,))]
    finally:
        server.stop()
