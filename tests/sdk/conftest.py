"""A provider on loopback that does what the contract says about tokens, and whatever else a test tells it."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps, loads
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

EVENT = "evt_01k5w4k8q0e2v9h6c3m7t1xyza"


@dataclass
class Asked:
    """One request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    body: bytes


@dataclass
class Said:
    """One answer. `before` runs just before it is sent; `lost` closes the connection instead."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


class Provider:
    """Refreshes like the contract (§2.3): one rotation per token, repeated while its result is unused."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.script: dict[str, list[Said]] = {}
        self.documents: dict[str, Any] = {}
        self.generation = 0
        self.rotations = 0
        self.lost_refreshes = 0
        self.expired: set[str] = set()
        self.used: set[int] = set()
        self.over = False
        self.lock = threading.Lock()

    def pair(self, **changes: Any) -> dict[str, Any]:
        """The token answer of the present generation."""
        return {
            "access_token": f"rev_install_{self.generation}",
            "refresh_token": f"rev_refresh_{self.generation}",
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_expires_in": 7776000,
            "scope": "event.read participants.read program.read",
            "event_id": EVENT,
            "organization_id": "org_1",
        } | changes

    def paths(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def error(self, code: str, status: int, headers: dict[str, str] | None = None, **extra: Any) -> Said:
        body = {"error": code, "message": "No.", "request_id": "0b0d6f0e-0000-4000-8000-000000000000"}
        return Said(body | extra, status, headers or {})

    def answer(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
            if self.script.get(asked.path):
                return self.script[asked.path].pop(0)
            if asked.path == "/oauth/token":
                return self.token(asked.form)
            if asked.path.startswith("/api/v1/events") or asked.path.startswith("/api/v1/me"):
                return self.read(asked)
            if asked.path in self.documents:
                return Said(self.documents[asked.path])
            return Said({}, 200) if asked.method == "POST" else self.error("not_found", 404)

    def token(self, form: dict[str, str]) -> Said:
        if form["grant_type"] == "authorization_code":
            self.generation += 1
            return Said(self.pair())
        number = int(form["refresh_token"].rpartition("_")[2])
        repeated = number == self.generation - 1 and self.generation not in self.used
        if self.over or not (number == self.generation or repeated):
            return self.error("invalid_grant", 400)
        if not repeated:
            self.generation += 1
            self.rotations += 1
        if self.lost_refreshes:
            self.lost_refreshes -= 1
            return Said(lost=True)
        return Said(self.pair())

    def read(self, asked: Asked) -> Said:
        token = asked.headers["authorization"].removeprefix("Bearer ")
        if token != f"rev_install_{self.generation}" or token in self.expired:
            return self.error("token_expired", 401, expired_at="2026-07-10T14:00:00Z")
        self.used.add(self.generation)
        document = self.documents.get(asked.path)
        if isinstance(document, list):
            start, size = int(asked.query.get("cursor", "0")), int(asked.query.get("limit", "25"))
            more = start + size < len(document)
            page = {"data": document[start : start + size], "has_more": more}
            return Said(page | {"next_cursor": str(start + size) if more else None})
        return Said(document) if document is not None else self.error("not_found", 404)


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = dict(parse_qsl(raw.decode())) if "urlencoded" in headers.get("content-type", "") else {}
            said = provider.answer(Asked(self.command, url.path, dict(parse_qsl(url.query)), headers, form, raw))
            if said.lost:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            body = (
                b"" if said.body is None else said.body if isinstance(said.body, bytes) else dumps(said.body).encode()
            )
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    server = Server(("127.0.0.1", 0), handler_of(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def document_of(asked: Asked) -> Any:
    return loads(asked.body)
