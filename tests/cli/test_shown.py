"""What commands print and write for people and their programs: as it is, and where it belongs."""

from pathlib import Path

import pytest

from revento.cli import dotenv, logs, terminal

ROW = {
    "at": "2026-07-10T14:00:00Z",
    "status": 404,
    "method": "GET",
    "path": "/api/v1/events/[/green]evt_1",
    "query": "role=[red]",
    "duration_ms": 1.2,
    "rows": 0,
    "error": "not_found",
    "request_id": "0b0d6f0e-0000-4000-8000-000000000000",
}


def test_brackets_in_what_came_from_elsewhere_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    logs._show([ROW], json=False)
    terminal.note('{"title": "[/b] Badges [bold]"}')
    terminal.table(("path", "after"), [("name", "Badges [beta]")])
    told = capsys.readouterr().out
    assert "GET /api/v1/events/[/green]evt_1?role=[red]" in told
    assert '"[/b] Badges [bold]"' in told
    assert "Badges [beta]" in told


def test_a_projects_settings_are_set_where_they_stand(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nREVENTO_CLIENT_ID=\nPORT=3000\n")
    dotenv.put(file, {"REVENTO_CLIENT_ID": "cli_1", "REVENTO_CLIENT_SECRET": "rev_secret_1"})
    assert file.read_text() == "# mine\nREVENTO_CLIENT_ID=cli_1\nPORT=3000\nREVENTO_CLIENT_SECRET=rev_secret_1\n"
    assert dotenv.read(file)["REVENTO_CLIENT_ID"] == "cli_1"
    dotenv.put(tmp_path / "new", {"PORT": "1"})
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
