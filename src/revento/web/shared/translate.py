"""Words in the visitor's language. Catalogues are `.po` files, read and compiled in memory at the first use."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from babel.messages.pofile import read_po

from revento.kernel.language import BABEL, FOLDER, catalogue
from revento.web.shared import visitor


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
