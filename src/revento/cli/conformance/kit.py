"""What every check works with: the integrator's endpoints, a visitor, the local provider, genuine deliveries."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from revento.cli.conformance import deliveries, samples
from revento.cli.conformance.browser import Answer, Browser
from revento.cli.conformance.deliveries import Delivery
from revento.cli.conformance.provider import Provider
from revento.contract import limits


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The integrator's endpoints. `probe`, `read`, `login` and `webview` are optional: without, less can be seen."""

    base_url: str
    webhook_path: str
    connect_path: str
    redirect_uri: str
    client_id: str
    client_secret: str
    webhook_secret: str
    event_id: str
    probe: str | None = None
    read: str | None = None
    login: str | None = None
    webview: str | None = None
    deletion_wait_s: float = 10.0
    time_limit_s: float = limits.WEBHOOK_TIMEOUT_S
    settle_s: float = 0.2  # for what an endpoint does after it has answered

    def at(self, path: str) -> str:
        """An address below the base, or an absolute one as it is."""
        return path if "://" in path else self.base_url + path

    @property
    def webhook_url(self) -> str:
        """Where deliveries go."""
        return self.at(self.webhook_path)


class Kit:
    """One run's tools. `provider` is None when the local Revento could not be, or was not to be, started."""

    def __init__(self, target: Target, browser: Browser, provider: Provider) -> None:
        self.target, self.browser, self.provider = target, browser, provider
        self.slowest_s = 0.0
        self.is_connected = False
        self._sequence = 0

    # Webhooks

    def delivery(self, topic: str = "application.approved", **changes: Any) -> Delivery:
        """A genuine delivery for the connected event; `secrets`, `data`, `id`, `age_s`, `surplus` change it."""
        self._sequence += 1
        secrets = changes.pop("secrets", [self.target.webhook_secret])
        data = changes.pop("data", None) or samples.data(topic, self.target.event_id)
        plain: dict[str, Any] = {
            "event_id": self.target.event_id,
            "organization_id": samples.ORGANIZATION,
            "sequence": self._sequence,
        }
        return deliveries.made(secrets, topic, data, **(plain | changes))

    async def post(self, delivery: Delivery) -> Answer:
        """Send it; how long the slowest genuine one took is kept for the check of the time limit."""
        answer = await self.browser.ask("POST", self.target.webhook_url, headers=delivery.headers, body=delivery.body)
        self.slowest_s = max(self.slowest_s, answer.took_s)
        return answer

    async def seen(self, what: str) -> int | None:
        """How often a text appears in what the probe shows; None without a probe or when it shows nothing useful."""
        if self.target.probe is None:
            return None
        await asyncio.sleep(self.target.settle_s)
        answer = await self.browser.get(self.target.at(self.target.probe))
        return answer.text.count(what) if answer.is_success else None

    # Connecting

    async def start_connecting(self, browser: Browser | None = None) -> Mapping[str, str]:
        """Visit the connect address; the query with which the browser was sent to Revento, empty when it was not."""
        answer = await (browser or self.browser).get(
            self.target.at(self.target.connect_path), event_id=self.target.event_id
        )
        return query_of(answer.location)

    async def come_back(self, query: Mapping[str, str], browser: Browser | None = None) -> Answer:
        """Visit the redirect URI as Revento's answer would."""
        return await (browser or self.browser).ask("GET", self.target.redirect_uri, query=query)

    async def why_unplayed(self) -> str | None:
        """Why the provider's checks can't run; None when the integration talks to our local Revento."""
        answer = await self.browser.get(self.target.at(self.target.connect_path), event_id=self.target.event_id)
        if not answer.location:
            return f"GET {self.target.connect_path} answered {answer}, not a redirect to Revento"
        if not answer.location.startswith(f"{self.provider.url}/"):
            parts = urlsplit(answer.location)
            return (
                f"your integration talks to {parts.scheme}://{parts.netloc}; "
                f"start it with REVENTO_BASE_URL={self.provider.url} (or let --start do it) to have this looked at"
            )
        return None

    async def connect(self) -> Answer:
        """Connect the event at the local provider, as an organizer would; the callback's answer."""
        query = await self.start_connecting()
        answer = await self.come_back(self.provider.approve(query))
        self.is_connected = answer.status < 400 and answer.status > 0
        return answer

    async def has_confirmed(self, deletion_id: str) -> bool:
        """Whether the integration says, in time, that a deletion is done."""
        return await until(lambda: deletion_id in self.provider.confirmed, self.target.deletion_wait_s)

    # Reading

    async def read(self) -> Answer:
        """Make the integration read the API once, by the route that its author named."""
        method, _, path = (self.target.read or "").rpartition(" ")
        return await self.browser.ask(method or "POST", self.target.at(path))

    async def why_unread(self) -> str | None:
        """Why reading can't be watched; None when it can. Connects anew: no check inherits another's trouble."""
        if self.target.read is None:
            return "name a route that makes your integration read the API: --read 'POST /read'"
        if why := await self.why_unplayed():
            return why
        await self.connect()
        return None if self.is_connected else "connecting did not work (see callback.exchange)"


def query_of(url: str) -> dict[str, str]:
    """An address's query, each name once."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


async def until(what: Callable[[], bool], seconds: float) -> bool:
    """Waits until `what()` is true, at most so long; whether it was."""
    ends_at = time.monotonic() + seconds
    while not what():
        if time.monotonic() > ends_at:
            return False
        await asyncio.sleep(0.05)
    return True
