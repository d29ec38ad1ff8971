"""Where there is no Revento, a command says so and leaves nothing behind; `doctor` says what would be made."""

from pathlib import Path

import pytest

from tests import commands
from tests.cli.conftest import Command

ID = "evt_01k5w4k8q0e2v9h6c3m7t1xyza"
ASKING = [
    ("sandbox", "show"),
    ("sandbox", "env"),
    ("trigger", "event.updated", "--event", ID),
    ("deliveries", "list"),
    ("connect", "--integration", "int_1", "--event", ID, "--as", "ada@example.test"),
    ("login", "--integration", "int_1", "--event", ID, "--as", "ada@example.test"),
    ("integrations", "list"),
    ("integrations", "show", "int_1"),
    ("import", "schedule", "schedule.json", "--event", ID),
    ("import", "participants", "people.csv", "--event", ID),
    ("export", "event", ID, "event.zip"),
    ("backup", "all.backup"),
    ("audit", "verify"),
    ("migrate",),
]


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_a_command_where_nothing_is_makes_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "schedule.json").write_text('{"schedule": {}}')
    (tmp_path / "people.csv").write_text("name,email\nAda,ada@example.test\n")
    before = sorted(tmp_path.iterdir())
    ran = commands.run(*words, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1), ran.stdout + ran.stderr
    assert "`revento up` makes one" in ran.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_the_doctor_says_what_is_not_there_yet_and_makes_nothing(tmp_path: Path) -> None:
    ran = commands.run("doctor", cwd=tmp_path, environ={"HOME": str(tmp_path)})
    assert ran.returncode == 0, ran.stdout
    assert "embedded: not there yet, `revento up` makes it" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_without_the_servers_key_a_database_is_read_but_nothing_is_sealed_for_it(
    revento: Command, tmp_path: Path, database_url: str
) -> None:
    assert revento("sandbox", "reset").code == 0
    made = revento("sandbox", "show", "--json").json["integrations"][0]
    away = tmp_path / "away"
    away.mkdir()
    environ = {"HOME": str(away), "DATABASE_URL": database_url}
    assert commands.run("integrations", "show", made["id"], cwd=away, environ=environ).returncode == 0
    ran = commands.run("integrations", "rotate-webhook-secret", made["id"], cwd=away, environ=environ)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("revento: REVENTO_SECRET_KEY: is missing")
    assert list(away.iterdir()) == []
