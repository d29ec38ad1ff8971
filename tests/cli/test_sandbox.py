"""`revento sandbox env`: a quickstart's settings, from wherever in a project one stands."""

from pathlib import Path

import pytest

from revento.cli import edge
from revento.sandbox import sheets
from revento.sandbox.models import Account, Credentials, Named, NamedEvent, Sheet
from tests.cli.conftest import Command

HERE = "http://localhost:3000"
SHEET = Sheet(
    base_url="http://localhost:8010",
    people=[Account("organizer", "Ada", "ada@example.test", "a lantern at low tide")],
    organizations=[Named("org_1", "Lanternfold")],
    events=[NamedEvent("evt_1", "Tides", "org_1"), NamedEvent("evt_2", "Winter", "org_1")],
    integrations=[
        Credentials(
            "int_1", "Companion", "cli_1", "rev_secret", "whsec_1", [f"{HERE}/callback"], f"{HERE}/hook", ["event.read"]
        )
    ],
)


def test_a_quickstart_gets_all_its_settings(revento: Command, tmp_path: Path) -> None:
    assert "there is no sandbox yet" in revento("sandbox", "env").err
    sheets.write(tmp_path / "data", SHEET)
    assert revento("sandbox", "env").out.splitlines() == [
        "REVENTO_BASE_URL=http://localhost:8010",
        "REVENTO_CLIENT_ID=cli_1",
        "REVENTO_CLIENT_SECRET=rev_secret",
        "REVENTO_WEBHOOK_SECRET=whsec_1",
        "REVENTO_REDIRECT_URI=http://localhost:3000/callback",
        "SANDBOX_EVENT_ID=evt_1",
        "PORT=3000",
    ]
    assert revento("sandbox", "env", "--event", "evt_2", "--json").json["SANDBOX_EVENT_ID"] == "evt_2"
    assert revento("sandbox", "env", "--event", "evt_3").err.startswith("revento: there is no event evt_3")


def test_the_data_directory_is_found_from_further_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets.write(tmp_path / ".revento", SHEET)
    deep = tmp_path / "examples" / "mine"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.delenv("REVENTO_DATA_DIR", raising=False)
    assert edge.settings().data_dir == tmp_path / ".revento"
    monkeypatch.setenv("REVENTO_DATA_DIR", str(deep / "own"))
    assert edge.settings().data_dir == deep / "own"
