"""What is wrong with a page, by axe-core and by its size: loaded once, looked at on many screens."""

import asyncio
from pathlib import Path
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Page

_AXE: Final = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
LOOKS: Final = ("color-contrast", "target-size")  # the rules whose answer another size or scheme can change
FITS: Final = ()
_FACTS = """() => [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches,
                   matchMedia("(pointer: coarse)").matches, document.scrollingElement.scrollWidth]"""


class View(NamedTuple):
    """A screen. `rules` are those of axe that count there: all (`None`), some, or none but that the page fits."""

    width: int
    scheme: str
    rules: tuple[str, ...] | None = None

    @property
    def is_phone(self) -> bool:
        return self.width < 640

    def is_on(self, other: "View | None") -> bool:
        """Whether it is the same screen, whatever is asked there."""
        return other is not None and (self.width, self.scheme) == (other.width, other.scheme)


DESK, PHONE = View(1280, "light"), View(390, "dark")
VIEWS = (DESK, PHONE, View(1920, "light", FITS), View(320, "dark", FITS))


class Screen:
    """What a page is shown on, as Chromium's own tools show it. A turn is dear: everything is laid out anew."""

    def __init__(self, devtools: CDPSession) -> None:
        self.devtools = devtools
        self.shown: View | None = None

    async def turn(self, view: View) -> None:
        """The same page on another screen; what stays the same is not said again."""
        was, self.shown = self.shown, view
        screen = {"width": view.width, "height": 900, "deviceScaleFactor": 1, "mobile": view.is_phone}
        wishes = {"prefers-color-scheme": view.scheme, "prefers-reduced-motion": "reduce"}
        said: list[tuple[str, dict[str, Any]]] = []
        if was is None or was.width != view.width:
            said.append(("Emulation.setDeviceMetricsOverride", screen))
        if was is None or was.is_phone != view.is_phone:  # after the size, which brings a finger or a mouse of its own
            said.append(("Emulation.setTouchEmulationEnabled", {"enabled": view.is_phone}))
        if was is None or was.scheme != view.scheme:
            features = [{"name": name, "value": value} for name, value in wishes.items()]
            said.append(("Emulation.setEmulatedMedia", {"features": features}))
        await asyncio.gather(*(self.devtools.send(name, words) for name, words in said))


_screens = WeakKeyDictionary[Page, Screen]()


async def with_axe(page: Page) -> None:
    """Every document that the page loads from now on comes with axe."""
    await page.add_init_script(axe_source())


def axe_source() -> str:
    assert _AXE.exists(), "run scripts/bootstrap node"
    return _AXE.read_text(encoding="utf-8")


async def axe(page: Page, *, leave_out: tuple[str, ...] = (), only: tuple[str, ...] | None = None) -> list[str]:
    """What axe-core finds wrong with the page by WCAG 2.2 AA and best practice, one line per rule and element.

    `only` names the rules that count; without it they all do but those in `leave_out`.
    """
    await page.wait_for_load_state()
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(f"() => {{ {axe_source()} }}")
    found = await page.evaluate(
        "options => axe.run(document, options)",
        {
            # Off by default, though WCAG 2.2 AA asks for it.
            "rules": {"target-size": {"enabled": True}} | {rule: {"enabled": False} for rule in leave_out},
            "resultTypes": ["violations"],
            "preload": False,
            **({"runOnly": {"type": "rule", "values": list(only)}} if only else {}),
        },
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


async def overflows(page: Page) -> bool:
    """Whether the page scrolls sideways."""
    return await page.evaluate("() => document.scrollingElement.scrollWidth > innerWidth + 1")


async def faults(page: Page, views: tuple[View, ...] = VIEWS) -> list[str]:
    """What is wrong with the page that is shown now, and what its console complained about.

    It begins at the screen where the page is and leaves it at the last one: of many pages each is turned as little as
    it can be.
    """
    if (screen := _screens.get(page)) is None:
        screen = _screens[page] = Screen(await page.context.new_cdp_session(page))
    await page.wait_for_load_state()
    wrong: list[str] = []
    first, *others = sorted(views, key=lambda view: not view.is_on(screen.shown))
    screen.shown = None  # a new document may have been shown as its context is: said in full once
    for view in (first, *others):
        await screen.turn(view)
        wrong += [f"{view.width} {view.scheme}: {fault}" for fault in await _faults_at(page, view)]
    wrong += page.complaints  # type: ignore[attr-defined]
    page.complaints.clear()  # type: ignore[attr-defined]
    return wrong


async def _faults_at(page: Page, view: View) -> list[str]:
    width, dark, coarse, wide = await page.evaluate(_FACTS)
    assert (width >= view.width, dark, coarse) == (True, view.scheme == "dark", view.is_phone)
    sideways = ["scrolls sideways"] if wide > view.width + 1 else []
    return sideways + ([] if view.rules == FITS else await axe(page, only=view.rules))
