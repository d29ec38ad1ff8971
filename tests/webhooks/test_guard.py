"""The SSRF guard: every spelling of an address that is not for us, and names that change their mind."""

import ipaddress
import socket
import threading
from datetime import UTC, datetime

import pytest

from revento.webhooks import deliver, guard
from revento.webhooks.deliver import Sender
from revento.webhooks.retries import Outcome
from tests.webhooks import receivers
from tests.webhooks.conftest import LOOPBACK

NOW = datetime(2026, 7, 10, 14, tzinfo=UTC)
REFUSED = [
    # loopback, private, link-local, metadata
    "https://127.0.0.1/",
    "https://127.1.2.3/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://172.16.0.1/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://192.168.1.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    # other spellings of IPv4
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0x7f.1/",
    "https://127.0.0.1./",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    # IPv6, and IPv4 inside it
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:808:808::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[2001::1]/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
    # names of private networks
    "https://localhost/",
    "https://localhost./",
    "https://metadata/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://app.localhost/",
    "https://db.lan/",
    # scheme, port, userinfo, fragment, odd characters
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "https://example.org:8443/",
    "https://example.org:80/",
    "https://example.org:0/",
    "https://user:secret@example.org/",
    "https://@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org/#part",
    "https://example.org\\@127.0.0.1/",
    "https://exa mple.org/",
    "https://exam%70le.org/",
    "https://example.org\r\nHost: x/",
    "https:///path",
    "https://",
    "",
    "//example.org/",
    "https://-example.org/",
    "https://example..org/",
    "https://" + "a" * 3000 + ".org/",
]
FINE = [
    "https://example.org/",
    "https://example.org:443/hook?x=1",
    "https://8.8.8.8/hook",
    "https://[2606:4700:4700::1111]/hook",
    "https://[64:ff9b::8.8.8.8]/hook",
    "https://hooks.example.co.uk./a",
    "https://bücher.example/hook",
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_a_public_https_address_is_refused_with_a_sentence(url) -> None:
    say = guard.why_not_url(url)
    assert say is not None
    assert say.endswith(".") or "not a public address" in say


@pytest.mark.parametrize("url", FINE)
def test_public_addresses_are_fine(url) -> None:
    assert guard.why_not_url(url) is None


def test_the_operators_list_lets_its_own_networks_through_and_nothing_else() -> None:
    for url in ("http://127.0.0.1:3000/hook", "http://[::1]:3000/", "https://[::ffff:127.0.0.1]/"):
        assert guard.why_not_url(url, LOOPBACK) is None
    for url in ("http://10.0.0.1/", "https://169.254.169.254/", "https://[fe80::1]/"):
        assert guard.why_not_url(url, LOOPBACK) is not None


def test_every_record_of_a_name_must_be_fine() -> None:
    good, bad = ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("127.0.0.1")
    assert guard.why_not_resolved([good], (), plain=False) is None
    assert guard.why_not_resolved([good, bad], (), plain=False) is not None
    assert guard.why_not_resolved([], (), plain=False) is not None
    assert guard.why_not_resolved([good], LOOPBACK, plain=True) == "Webhooks go to https on port 443 only."


def served_by(monkeypatch, names: dict[str, list[str]]) -> list[str]:
    """These names are served by a resolver of the test's own: the machine's is replaced. Whom it was asked for."""
    asked: list[str] = []

    def answers(host, port, *more):
        asked.append(host)
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        kinds = [(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in names[host]]
        return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for family, one in kinds]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    return asked


async def test_a_name_that_leads_where_we_do_not_go_is_refused_when_it_is_registered(monkeypatch) -> None:
    names = {
        "public.example": ["93.184.216.34", "2606:4700:4700::1111"],
        "inside.example": ["93.184.216.34", "10.1.2.3"],
        "metadata.example": ["::ffff:169.254.169.254"],
        "localhost": ["127.0.0.1"],
    }
    asked = served_by(monkeypatch, names)
    assert await guard.why_not_reach("https://public.example/hook") is None
    assert await guard.why_not_reach("https://inside.example/hook") == (
        "inside.example leads to an address that is refused. 10.1.2.3 is not a public address (a private network). "
        "Webhooks go to public addresses only."
    )
    assert "metadata service" in (await guard.why_not_reach("https://metadata.example/hook") or "")
    assert await guard.why_not_reach("http://localhost:3000/hook", LOOPBACK) is None
    assert "port 443 only" in (await guard.why_not_reach("http://public.example/hook", LOOPBACK) or "")
    assert asked == ["public.example", "inside.example", "metadata.example", "localhost", "public.example"]
    assert await guard.why_not_reach("https://10.1.2.3/hook") == guard.why_not_url("https://10.1.2.3/hook")
    assert await guard.why_not_reach("https://8.8.8.8/hook") is None
    assert len(asked) == 5


async def test_a_name_that_is_not_known_yet_or_slow_to_tell_is_left_to_the_socket(monkeypatch) -> None:
    served_by(monkeypatch, {})
    assert await guard.why_not_reach("https://soon.example/hook") is None
    told = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: told.wait(30))
    monkeypatch.setattr(guard, "RESOLVE_S", 0.05)
    assert await guard.why_not_reach("https://slow.example/hook") is None
    told.set()


async def post(url: str, *, allowed=()):
    sender = Sender(allowed=allowed)
    try:
        return await sender.post(url, "", b"{}", now=NOW)
    finally:
        await sender.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "2130706433", "localhost"])
async def test_nothing_is_sent_to_this_machine_without_the_list(host) -> None:
    async with receivers.listening() as receiver:
        port = receiver.url.rsplit(":", 1)[1].split("/")[0]
        for scheme in ("http", "https"):
            assert (await post(f"{scheme}://{host}:{port}/hook")).outcome is Outcome.REFUSED
        assert receiver.got == []


async def test_a_name_that_answers_public_first_and_loopback_second_is_refused_when_the_socket_opens(
    monkeypatch,
) -> None:
    names = {"rebinding.example": ["93.184.216.34"]}
    asked = served_by(monkeypatch, names)
    assert await guard.why_not_reach("https://rebinding.example/") is None
    names["rebinding.example"] = ["127.0.0.1"]
    answer = await post("https://rebinding.example/")
    assert answer.outcome is Outcome.REFUSED
    assert "127.0.0.1" in (answer.detail or "")
    assert len(asked) == 2


async def test_the_door_itself_refuses_whatever_the_resolver_said() -> None:
    door = deliver._door((), plain=False)
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254"):
        with pytest.raises(deliver.Refused):
            door((socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)))
    with pytest.raises(deliver.Refused):
        door((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 8080)))
    with pytest.raises(deliver.Refused):
        door((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:127.0.0.1", 443, 0, 0)))
