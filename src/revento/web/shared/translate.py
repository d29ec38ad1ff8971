"""Words in the visitor's language. Catalogues are `.po` files, read and compiled in memory at the first use."""

from __future__ import annotations

import gettext as std
import re
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from revento.web.shared import visitor

FOLDER = Path(__file__).parent.parent / "locale"
# What dates and numbers follow: English pages write the day before the month.
BABEL = {"en": "en_GB", "de": "de_DE"}


@cache
def catalogue(locale: str) -> std.NullTranslations:
    """The compiled catalogue of a language. English is its own source and has none."""
    source = FOLDER / f"{locale}.po"
    if not source.exists():
        return std.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return std.GNUTranslations(compiled)


@cache
def _with_holes(locale: str) -> list[tuple[re.Pattern[str], str]]:
    """Sentences that domains fill in themselves (`At most {} entries.`), as patterns, with their translations."""
    source = FOLDER / f"{locale}.po"
    if not source.exists():
        return []
    with source.open("rb") as file:
        known = [message for message in read_po(file, locale=locale) if isinstance(message.id, str)]
    return [
        (re.compile("(.*)".join(map(re.escape, str(message.id).split("{}"))), re.DOTALL), str(message.string))
        for message in known
        if "{}" in message.id and message.string
    ]


@lru_cache(maxsize=4096)
def _translated(locale: str, message: str) -> str:
    said = catalogue(locale).gettext(message)
    if said != message or not message:
        return said
    for pattern, translation in _with_holes(locale):
        if filled := pattern.fullmatch(message):
            return translation.format(*filled.groups())
    return said


def gettext(message: str) -> str:
    """A sentence in the visitor's language; the sentence itself where nobody translated it.

    Domains know no language: what they say, filled in already, is found by its pattern.
    """
    return _translated(visitor.current().locale, message)


def ngettext(one: str, many: str, n: int) -> str:
    """A sentence that counts."""
    return catalogue(visitor.current().locale).ngettext(one, many, n)


def babel_locale() -> str:
    """The locale that dates and numbers are written in."""
    return BABEL[visitor.current().locale]
