"""Words as files write them, cleaned without changing what they say."""

import html
import re
from typing import Any, Final

from revento.contract.v1.event import MinAge

TITLE_MOST: Final = 500
TEXT_MOST: Final = 100_000
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});")
_CANCELLED: Final = re.compile(
    r"^\W*(?:cancell?ed|abgesagt|annul[ée]e?|odwo[łl]an[eya]|afgelast|cancelad[oa])\b|"
    r"[(\[]\s*(?:cancell?ed|abgesagt|annul[ée]e?|odwo[łl]an[eya]|afgelast|cancelad[oa])\s*[)\]]",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2,3}")
_NUMBER: Final = re.compile(r"\s*(\d{1,3})")


def line(value: Any) -> str:
    """One line of words: entities read, spaces and breaks made one space. Empty for null and the like."""
    return " ".join(_plain(value).split())[:TITLE_MOST]


def words(value: Any) -> str:
    """A text of several lines as it stands, Markdown and markup included: what is shown is cleaned when it is shown."""
    text = _given(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.strip()[:TEXT_MOST]


def joined(*parts: str) -> str:
    """Several texts as one, without those that repeat another's beginning."""
    kept: list[str] = []
    for part in parts:
        if part and not any(other.startswith(part) for other in parts if other is not part and len(other) > len(part)):
            kept.append(part)
    return "\n\n".join(dict.fromkeys(kept))[:TEXT_MOST]


def language(value: Any) -> str | None:
    """The first language that is named, in its short form: `de` of `de-formal`, of `de, en`."""
    found = _LANGUAGE.match(_given(value).strip())
    return found[0].lower() if found else None


def is_cancelled(title: str) -> bool:
    """Whether a title says that nothing will happen."""
    return _CANCELLED.search(title) is not None


def min_age(value: Any) -> MinAge | None:
    """The age limit that a leading number means; `None` for words."""
    found = _NUMBER.match(_given(value))
    if found is None:
        return None
    age = int(found[1])
    steps: list[tuple[int, MinAge]] = [(18, "age_18_plus"), (16, "age_16_plus"), (12, "age_12_plus")]
    for years, step in steps:
        if age >= years:
            return step
    return "age_all"


def positive(value: Any) -> int | None:
    """A number of people; `None` where there is none or it makes no sense."""
    try:
        number = int(str(value).strip())
    except ValueError:
        return None
    return number if 0 < number < 1_000_000 else None


def _plain(value: Any) -> str:
    text = _given(value).replace("\x00", "")
    return html.unescape(text) if _ENTITY.search(text) else text


def _given(value: Any) -> str:
    """Text of a value: of a map by language the English one or the first."""
    if isinstance(value, dict):
        known: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        value = known.get("en") or next((each for each in known.values() if each), "")
    return "" if value is None or isinstance(value, bool | list) else str(value)
