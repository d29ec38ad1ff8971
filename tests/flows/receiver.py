"""An integration's server in a thread: keeps what it is sent, checks who signed it."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver(ThreadingHTTPServer):
    """Answers 204 to what carries a right signature and 401 to the rest: what is in `got` and what is in `wrong`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = b""
        self.got: list[tuple[dict[str, str], Any]] = []
        self.wrong: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhooks/revento"

    def of(self, topic: str) -> list[Any]:
        """The bodies of one type, in order of arrival."""
        return [body for _, body in list(self.got) if body["type"] == topic]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["X-Revento-Timestamp"].encode() + b"." + raw
        right = "sha256=" + hmac.new(self.server.secret, signed, hashlib.sha256).hexdigest()
        if hmac.compare_digest(right, self.headers["X-Revento-Signature"]):
            self.server.got.append((dict(self.headers), json.loads(raw)))
            self.send_response(204)
        else:
            self.server.wrong.append(dict(self.headers))
            self.send_response(401)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as this is open."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()
