"""Catalogues as files: renewed from the sources, compared with them."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from revento.web.locale import extract

FOLDER: Final = Path(__file__).parent
# Of the file's head: what tools write anew each time, or nobody filled in.
_CHANGING: Final = ("# ", "#\n", '"POT-', '"PO-', '"Last-', '"Generated-', '"Report-', '"Project-', '"Language-Team')
_HOLE: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def files() -> list[Path]:
    """The catalogue of every language that has one."""
    return sorted(FOLDER.glob("*.po"))


def renewed(path: Path) -> Catalog:
    """A catalogue with the sources' sentences of today: known translations kept, what nobody says any more left out."""
    with path.open("rb") as file:
        old = read_po(file, locale=path.stem)
    catalog = Catalog(locale=path.stem, charset="utf-8", fuzzy=False)
    for message in extract.messages():
        if message.id:
            known = old.get(cast("Any", message.id))
            said = known.string if known is not None and _fits(message, known) else None
            catalog.add(message.id, said, locations=message.locations, flags=message.flags)
    return catalog


def _fits(message: Message, known: Message) -> bool:
    return isinstance(message.id, tuple) == isinstance(known.string, tuple)


def written(catalog: Catalog) -> bytes:
    """The catalogue as its file's bytes: without dates or line numbers, so that it changes with the words only."""
    out = BytesIO()
    write_po(out, catalog, omit_header=False, include_lineno=False, width=120, sort_by_file=False)
    dated = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Generated-By",
        "Report-Msgid",
        "Project-Id",
        "Language-Team",
    )
    lines = out.getvalue().decode().splitlines(keepends=True)
    body = [line for line in lines if not line.startswith(tuple(f'"{name}' for name in dated))]
    return "".join(line for line in body if not line.startswith("# ") and line != "#\n").encode()


def lacking(catalog: Catalog) -> list[str]:
    """The sentences without a translation, in English."""
    return [_english(message) for message in catalog if message.id and not all(strings(message))]


def strings(message: Message) -> list[str]:
    """A message's translation: one, or one for each plural form."""
    said = cast("str | tuple[str, ...] | None", message.string)
    return list(said) if isinstance(said, tuple) else [said or ""]


def _english(message: Message) -> str:
    said = cast("str | tuple[str, str]", message.id)
    return said if isinstance(said, str) else said[1]


def holes(text: str) -> list[str]:
    """The placeholders of a sentence, sorted."""
    return sorted(_HOLE.findall(text))


def misfits(catalog: Catalog) -> dict[str, list[str]]:
    """Translations whose placeholders are not those of the English sentence. A plural form may leave out its number."""
    found: dict[str, list[str]] = {}
    for message in catalog:
        if not message.id:
            continue
        english = cast("str | tuple[str, str]", message.id)
        forms = [english] if isinstance(english, str) else list(english)
        wanted = {tuple(holes(form)) for form in forms}
        wrong = [said for said in strings(message) if said and tuple(holes(said)) not in wanted]
        if wrong:
            found[forms[-1]] = wrong
    return found
