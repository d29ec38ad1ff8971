"""`revento listen` beside code that refuses: it tries again, and leaves the feed's budget alone."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests import commands

BODY = base64.b64encode(b'{"id":"evt_delivery_1","type":"webhook.test","data":{}}').decode()
ITEM = {
    "id": "6f0b1c2e-0000-4000-8000-000000000000",
    "type": "webhook.test",
    "sequence": 1,
    "headers": {},
    "body": BODY,
}


class Both(BaseHTTPRequestHandler):
    """A feed with one delivery, which waits as it is asked to, and a receiver that refuses once."""

    asked: list[str]

    def do_GET(self) -> None:
        is_feed = self.path.startswith("/api/v1/integration/deliveries?")
        pulls = sum(one.startswith("/api/v1/integration/deliveries?") for one in self.asked)
        items = [ITEM] if is_feed and pulls == 0 else []
        if is_feed and not items:
            time.sleep(int(parse_qs(urlsplit(self.path).query)["wait"][0]))
        self.told(200, {"name": "Tides", "data": items, "next_cursor": "c", "has_more": False})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        refuses = self.path == "/hook" and self.asked.count("/hook") < 1
        self.told(501 if refuses else 200, {"acknowledged": [], "unknown": []})

    def told(self, status: int, document: object) -> None:
        self.asked.append(self.path)
        raw = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_what_the_local_code_refuses_is_tried_again_and_the_feed_is_asked_once_a_second(tmp_path: Path) -> None:
    Both.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Both)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    environ = {"HOME": str(tmp_path), "REVENTO_BASE_URL": url, "REVENTO_CLIENT_ID": "cli_x"}
    environ |= {"REVENTO_CLIENT_SECRET": "x", "REVENTO_WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"k" * 32).decode()}
    words = ("listen", "--forward-to", f"{url}/hook", "--count", "1", "--json")
    ran = commands.run(*words, cwd=tmp_path, environ=environ)
    server.shutdown()
    thread.join()
    server.server_close()
    assert ran.returncode == 0, ran.stderr
    assert [json.loads(line)["status"] for line in ran.stdout.splitlines()] == [501, 200]
    assert sum("/deliveries?" in one for one in Both.asked) < 15, Both.asked
