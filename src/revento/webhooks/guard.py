"""Where we connect to: public addresses over https on port 443, and what the operator allows on top (contract §6.1).

The same rule is asked when an address is saved, when it is tested and, by `deliver`, each time a socket opens: only the
last one sees every address that is dialled, so a name that changes its mind is refused then.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from yarl import URL

from revento.kernel.config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL: Final = 2048
RESOLVE_S: Final = 1.0
# Looking up must not hold up anything else of the process; with all of them stuck at slow name servers, names pass.
_THREADS: Final = ThreadPoolExecutor(4, thread_name_prefix="guard-dns")
_BAD_CHARACTERS: Final = re.compile(r"[\x00-\x20\x7f\\]")
_AUTHORITY: Final = re.compile(r"(?<=[^/:])[/?#]")  # what ends it
# "Ends in a number" (WHATWG URL §3.5): such a host is an IPv4 address in some spelling, decimal, octal or hexadecimal.
_NUMERIC_END: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.?")
_PRIVATE_NAMES: Final = (".local", ".internal", ".localhost", ".home.arpa", ".intranet", ".lan", ".onion", ".test")

# `is_global` of Python 3.11 says yes to multicast and other odd ranges, so the tables are our own (IANA registries).
_V4_REFUSED: Final = tuple(
    (ipaddress.IPv4Network(net), say)
    for net, say in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's private network"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata service"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "reserved for documentation"),
        ("192.31.196.0/24", "reserved for AS112"),
        ("192.52.193.0/24", "reserved for AMT"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "reserved for AS112"),
        ("198.18.0.0/15", "reserved for benchmarks"),
        ("198.51.100.0/24", "reserved for documentation"),
        ("203.0.113.0/24", "reserved for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6_ALLOWED: Final = ipaddress.IPv6Network("2000::/3")
_V6_REFUSED: Final = tuple(
    (ipaddress.IPv6Network(net), say)
    for net, say in (
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "reserved for documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "reserved for documentation"),
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def unwrap(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped, NAT64 or 6to4 one; otherwise the same."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.sixtofour is not None:
            return address.sixtofour
    return address


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether the operator's list names this address, as written or unwrapped."""
    inner = unwrap(address)
    return any(one in net for net in allowed for one in {address, inner} if one.version == net.version)


def why_not_address(address: Address, allowed: Sequence[Network] = ()) -> str | None:
    """Why we do not connect to this address; `None` when we do."""
    if getattr(address, "scope_id", None) is not None:
        return f"{address} names a network interface"
    if is_allowed(address, allowed):
        return None
    inner = unwrap(address)
    if isinstance(inner, ipaddress.IPv4Address):
        refused = next((say for net, say in _V4_REFUSED if inner in net), None)
        if refused is None and isinstance(address, ipaddress.IPv6Address) and address.sixtofour is not None:
            refused = "a 6to4 tunnel"
        return f"{address} is not a public address ({refused})" if refused else None
    if inner not in _V6_ALLOWED:
        return f"{address} is not a public address (not global unicast)"
    refused = next((say for net, say in _V6_REFUSED if inner in net), None)
    return f"{address} is not a public address ({refused})" if refused else None


def why_not_url(url: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why webhooks cannot go to `url`, in a sentence for its owner; `None` when they can. Resolves no name."""
    if not url or len(url) > LONGEST_URL:
        return f"The address must have 1 to {LONGEST_URL} characters."
    if _BAD_CHARACTERS.search(url):
        return "The address contains a space, a control character or a backslash."
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        return "The address is not a valid URL."
    return _why_not_parts(url, parsed, port) or _why_not_host(parsed, allowed)


def _why_not_parts(url: str, parsed: URL, port: int | None) -> str | None:
    if parsed.scheme not in ("https", "http") or not parsed.raw_host:
        return "The address must begin with https:// and name a host."
    authority = _AUTHORITY.split(url, 1)[0].partition("//")[2]
    if "@" in authority or parsed.raw_user is not None or parsed.raw_password is not None:
        return "The address must not contain a user name or password."
    if "#" in url:
        return "The address must not contain a fragment (#…)."
    if "%" in parsed.raw_authority or "%" in authority:
        return "The host must not contain a percent sign."
    if not port:
        return "Port 0 cannot be connected to."
    return None


def _why_not_host(parsed: URL, allowed: Sequence[Network]) -> str | None:
    host = (parsed.raw_host or "").lower()
    plain = parsed.scheme != "https" or parsed.port != 443
    address = literal(host)
    if address is not None:
        if refusal := why_not_address(address, allowed):
            return f"{refusal}. Webhooks go to public addresses only."
        if plain and not is_allowed(address, allowed):
            return "Webhooks go to https on port 443 only."
        return None
    if _NUMERIC_END.search(host):
        return f"{host} is an unusual spelling of an IP address."
    if len(host) > 253 or _HOST.fullmatch(host) is None:
        return "The host is not a valid name."
    if allowed:
        return None  # which of its addresses are allowed shows when the name is resolved
    if plain:
        return "Webhooks go to https on port 443 only."
    bare = host.rstrip(".")
    if "." not in bare or bare.endswith(_PRIVATE_NAMES):
        return f"{host} is a name of a private network. Webhooks go to public addresses only."
    return None


def literal(host: str) -> Address | None:
    """The address that a host spells in the one strict way; `None` for names and unusual spellings."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def why_not_resolved(addresses: Sequence[Address], allowed: Sequence[Network], *, plain: bool) -> str | None:
    """Why a name with these addresses is refused: every single one must be fine, and allowed when `plain`."""
    if not addresses:
        return "The host has no address."
    for address in addresses:
        if refusal := why_not_address(address, allowed):
            return f"{refusal}. Webhooks go to public addresses only."
        if plain and not is_allowed(address, allowed):
            return "Webhooks go to https on port 443 only."
    return None


async def why_not_reach(url: str, allowed: Sequence[Network] = ()) -> str | None:
    """The same as `why_not_url`, and the name is looked up: why one that leads to a refused address is refused early.

    A name that is not known yet, or whose name server is slow, passes: whoever opens the socket looks again.
    """
    if refusal := why_not_url(url, allowed):
        return refusal
    parsed = URL(url)
    host, plain = parsed.raw_host or "", parsed.scheme != "https" or parsed.port != 443
    if literal(host) is not None:
        return None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_S):
            found = await loop.run_in_executor(_THREADS, socket.getaddrinfo, host, parsed.port, 0, socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return None
    refusal = why_not_resolved([ipaddress.ip_address(str(entry[4][0])) for entry in found], allowed, plain=plain)
    return f"{host} leads to an address that is refused. {refusal}" if refusal else None
