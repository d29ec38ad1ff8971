"""Somebody's software for participants, in a thread: signs people in with Revento and shows a page inside an event."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen


class Companion(ThreadingHTTPServer):
    """`/login` asks Revento who it is, `/callback` trades the code, anything else is the page."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = self.client_id = self.client_secret = ""
        self.waiting: dict[str, tuple[str, str]] = {}  # state -> verifier, where she goes back to
        self.tokens: list[dict[str, Any]] = []
        self.shown: list[dict[str, str]] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def begin(self, asked: dict[str, str]) -> str:
        """Where a sign-in begins."""
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        self.waiting[state] = verifier, asked["return_to"]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": f"{self.origin}/callback",
            "scope": "profile.read event.attendance",
            "event_id": asked["event_id"],
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.issuer}/oauth/authorize?{urlencode(query)}"

    def finish(self, answer: dict[str, str]) -> str:
        """Trades the code; where she goes on."""
        verifier, back = self.waiting.pop(answer["state"])
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": f"{self.origin}/callback",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code_verifier": verifier,
        }
        with urlopen(Request(f"{self.issuer}/oauth/token", data=urlencode(form).encode())) as told:
            self.tokens.append(json.load(told))
        return back


class _Handler(BaseHTTPRequestHandler):
    server: Companion

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        path = urlsplit(self.path).path
        if path in ("/login", "/callback"):
            where = self.server.begin(asked) if path == "/login" else self.server.finish(asked)
            self.send_response(302)
            self.send_header("Location", where)
            self.end_headers()
            return
        if path == "/app":
            self.server.shown.append(asked)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Companion</title><h1>Your lanterns</h1>")

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def accompanying() -> Iterator[Companion]:
    """The software for as long as this is open."""
    companion = Companion()
    thread = threading.Thread(target=companion.serve_forever, daemon=True)
    thread.start()
    try:
        yield companion
    finally:
        companion.shutdown()
        companion.server_close()
