"""Templates are whole: what a macro uses it brings along, and every icon that is named can be drawn."""

import re
from pathlib import Path

from jinja2 import meta, nodes

from revento.web.shared import assets, pages

FOLDER = Path(pages.FOLDER)
ICON = re.compile(r"\b(?:icon|empty|tick|entry|cannot|Need)\(\s*\"([a-z0-9-]+)\"")


def test_macros_use_nothing_but_what_their_own_file_defines_or_imports() -> None:
    parsed = {path.relative_to(FOLDER).as_posix(): pages.environment.parse(path.read_text()) for path in _files()}
    lending = {
        str(found.template.as_const())
        for tree in parsed.values()
        for found in tree.find_all((nodes.FromImport, nodes.Import))
        if not found.with_context
    }
    assert len(lending) > 5
    loose: dict[str, set[str]] = {}
    for name in lending:
        made = {str(each.name) for each in parsed[name].find_all(nodes.Name) if each.ctx == "store"}
        loose[name] = meta.find_undeclared_variables(parsed[name]) - {*pages.environment.globals} - made
    assert {name: names for name, names in loose.items() if names} == {}


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (Path(assets.FOLDER) / "icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    sources = [*_files(), *FOLDER.parent.rglob("*.py")]
    named = {(path.name, icon) for path in sources for icon in ICON.findall(path.read_text())}
    assert len(named) > 100
    assert {(name, icon) for name, icon in named if icon not in known} == set()


def _files() -> list[Path]:
    return sorted(FOLDER.rglob("*.html"))
