"""Sentences in a person's language: catalogues read once, and sentences that wait for their reader.

Pages ask for the visitor's language (`web/shared/translate.py`). A letter is written by somebody else than who reads
it, so its sentences are kept as they are, with what fills their holes, until the receiver is known.
"""

from __future__ import annotations

import gettext
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

# One catalogue a language, for pages and letters alike; it stands with the pages, which say most of it.
FOLDER: Final = Path(__file__).parent.parent / "web" / "locale"
# What dates and numbers follow: English pages write the day before the month.
BABEL: Final = {"en": "en_GB", "de": "de_DE"}


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language. English is its own source and has none."""
    source = FOLDER / f"{locale}.po"
    if locale not in BABEL or not source.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Day:
    """A day to fill a hole with: `5 December 2026`, `5. Dezember 2026`."""

    def __init__(self, at: datetime, zone: str = "UTC") -> None:
        self.at, self.zone = at, zone

    def within(self, locale: str) -> str:
        """The day as it is written there."""
        there = self.at.astimezone(ZoneInfo(self.zone))
        return format_date(there, "long", locale=BABEL.get(locale, "en_GB"))


class Moment(Day):
    """A day and a time with its zone: `Saturday 5 December, 14:00 (Europe/Berlin)`."""

    def within(self, locale: str) -> str:
        """The moment as it is written there."""
        style = "EEEE, d. MMMM, HH:mm" if locale == "de" else "EEEE d MMMM, HH:mm"
        at = format_datetime(self.at, style, tzinfo=get_timezone(self.zone), locale=BABEL.get(locale, "en_GB"))
        return f"{at} ({self.zone})"


class Say:
    """One sentence. What fills its `%(holes)s` may be a sentence or a day itself, and then follows the language too."""

    def __init__(self, message: str, **holes: Hole) -> None:
        self.message, self.holes = message, holes

    def within(self, locale: str) -> str:
        """The sentence in a language, filled."""
        return self._filled(catalogue(locale).gettext(self.message), locale)

    def _filled(self, said: str, locale: str) -> str:
        return said % {name: _shown(hole, locale) for name, hole in self.holes.items()} if self.holes else said


class Says(Say):
    """One sentence that counts; `%(n)s` is the number."""

    def __init__(self, one: str, many: str, n: int, **holes: Hole) -> None:
        super().__init__(one, n=n, **holes)
        self.many, self.n = many, n

    def within(self, locale: str) -> str:
        """The sentence in a language and its number, filled."""
        return self._filled(catalogue(locale).ngettext(self.message, self.many, self.n), locale)


Hole = str | int | Day | Say


def _shown(hole: Hole, locale: str) -> str:
    if isinstance(hole, Say | Day):
        return hole.within(locale)
    return hole if isinstance(hole, str) else format_decimal(hole, locale=BABEL.get(locale, "en_GB"))
