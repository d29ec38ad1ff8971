"""Words in the visitor's language. Catalogues are `.po` files, read and compiled in memory at the first use."""

from __future__ import annotations

import gettext as std
from functools import cache
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


def gettext(message: str) -> str:
    """A sentence in the visitor's language; the sentence itself where nobody translated it."""
    return catalogue(visitor.current().locale).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """A sentence that counts."""
    return catalogue(visitor.current().locale).ngettext(one, many, n)


def babel_locale() -> str:
    """The locale that dates and numbers are written in."""
    return BABEL[visitor.current().locale]
