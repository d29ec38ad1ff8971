"""Times, numbers and people's own words as pages show them: the filters of the templates."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import nh3
from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from markdown_it import MarkdownIt
from markupsafe import Markup

from revento.web.shared import visitor
from revento.web.shared.translate import babel_locale, gettext

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
}
THREADS = ("#1b8299", "#d0603d", "#8a6bd0", "#3f8f52", "#cc4f84", "#a97a18", "#4a7bd0", "#6f7f88")


def markdown(source: str) -> Markup:
    """People's Markdown as safe HTML: no raw tags, no images from elsewhere, links that leak and lend nothing."""
    html = nh3.clean(
        _markdown.render(source).replace("<h1>", "<h2>").replace("</h1>", "</h2>"),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(html)  # noqa: S704  nh3 has just cleaned it


def ago(at: datetime) -> str:
    """How far from now, in words: `5 days ago`, `in 2 hours`."""
    apart = at - visitor.current().now
    if abs(apart) < timedelta(seconds=45):
        return gettext("just now")
    return format_timedelta(apart, granularity="minute", add_direction=True, threshold=1.2, locale=babel_locale())


def lasting(of: timedelta) -> str:
    """A duration in words: `90 minutes`, `3 days`."""
    return format_timedelta(of, threshold=2, locale=babel_locale())


def _shaped(shape: str) -> str:
    """A CLDR pattern as written in English, as the visitor's language writes it: German has a dot behind the day."""
    if visitor.current().locale != "de":
        return shape
    return re.sub(r"\bd\b", "d.", re.sub(r"\b(E+) d\b", r"\1, d", shape))


def absolute(at: datetime, zone: str = "UTC") -> str:
    """The whole moment with its zone named: `Saturday 5 December 2026 at 14:00 (Europe/Helsinki)`."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{format_datetime(there, _shaped('EEEE d MMMM y, HH:mm'), locale=babel_locale())} ({zone})"


def moment(at: datetime, zone: str = "UTC") -> str:
    """Day and time, short: `Sat 5 Dec, 14:00`; with the year when it is another one than now."""
    there = at.astimezone(ZoneInfo(zone))
    shape = "EEE d MMM, HH:mm" if there.year == visitor.current().now.year else "d MMM y, HH:mm"
    return format_datetime(there, _shaped(shape), locale=babel_locale())


def hour(at: datetime, zone: str = "UTC") -> str:
    """The time of day in that zone: `14:00`."""
    return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=babel_locale())


def hours(start: datetime, end: datetime, zone: str = "UTC") -> str:
    """From when to when on a day: `14:00–15:30`."""
    return f"{hour(start, zone)}–{hour(end, zone)}"


def beside(at: datetime, zone: str = "UTC") -> str:
    """The viewer's own time of that moment, where she has told her zone and it differs: `08:00`, `Sun 23:00`."""
    own = visitor.current().time_zone
    if own is None:
        return ""
    there, here = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(own))
    if there.utcoffset() == here.utcoffset():
        return ""
    shape = "HH:mm" if there.date() == here.date() else "EEE HH:mm"
    return format_datetime(here, shape, locale=babel_locale())


def day(on: date, shape: str = "EEEE d MMMM") -> str:
    """A date in words: `Saturday 5 December`. `shape` is a CLDR pattern."""
    return format_date(on, _shaped(shape), locale=babel_locale())


def span(start: datetime, end: datetime, zone: str = "UTC") -> str:
    """The days of a gathering: `Fri 4 – Sun 6 December 2026`."""
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (start, end))
    if first == last:
        return day(first, "EEEE d MMMM y")
    head = "EEE d" if (first.year, first.month) == (last.year, last.month) else "EEE d MMMM"
    return f"{day(first, head)} – {day(last, 'EEE d MMMM y')}"


def local_input(at: datetime | None, zone: str = "UTC") -> str:
    """What an `<input type=datetime-local>` wants, in the event's zone; empty for none."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if at else ""


def number(value: float) -> str:
    """A number with the language's grouping."""
    return format_decimal(value, locale=babel_locale())


def percent(part: float, whole: float) -> str:
    """A share, rounded: `84%`; `–` of nothing."""
    return format_percent(part / whole, locale=babel_locale()) if whole else "–"


def tongue(tag: str) -> str:
    """A language by its name, `English` for `en`; the tag itself where nobody knows it."""
    try:
        return BabelLocale.parse(tag, sep="-").get_display_name(babel_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def typed_day(value: str) -> str:
    """A day as a form keeps it, `2026-12-05`, in words: `5 December 2026`."""
    try:
        return day(date.fromisoformat(value), "d MMMM y")
    except ValueError:
        return value


# In the order in which they have to be looked for: most browsers also claim to be those behind them.
_BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """A browser's long name for itself, as a person would say it: `Firefox, Linux`."""
    browser = next((words for mark, words in _BROWSERS.items() if mark in user_agent), "")
    system = next((words for mark, words in _SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(word for word in (browser, system) if word) or user_agent[:60]


def initials(name: str) -> str:
    """Two letters for an avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in letters).upper() or "?"


def hue(key: str) -> int:
    """One of the eight thread hues, 1 to 8: a thread's own colour, or always the same one for the same name."""
    return THREADS.index(key) + 1 if key in THREADS else zlib.crc32(key.encode()) % len(THREADS) + 1


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Options whose words are their values."""
    return [(value, value) for value in values]


def options(rows: Iterable[object], words: str = "title") -> list[tuple[str, str]]:
    """Rows as options: their id, and one of their columns as the words."""
    return [(str(getattr(row, "id")), str(getattr(row, words))) for row in rows]  # noqa: B009  rows of any kind


FILTERS = {
    each.__name__: each
    for each in (
        *(
            markdown,
            ago,
            lasting,
            absolute,
            moment,
            hour,
            hours,
            beside,
            day,
            span,
            local_input,
            number,
            percent,
            tongue,
            typed_day,
            device,
            initials,
            hue,
            pairs,
            options,
        ),
    )
}
