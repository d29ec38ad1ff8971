"""Traces reach a collector when one is named, and cost nothing when none is."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

PROGRAM = """
import os, sys
from revento.kernel import traces
collected = traces.configure(os.environ, service="revento-web")
with traces.span("http.request", **{"http.request.method": "GET"}) as span:
    print(collected, span is not None, "opentelemetry.sdk" in sys.modules)
"""


def _run(environ: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_without_a_collector_nothing_is_imported() -> None:
    assert _run({}) == "False False False"


def test_with_a_collector_spans_arrive_there() -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        said = _run({"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"})
    finally:
        server.shutdown()
    assert said == "True True True"
    assert [path for path, _ in got] == ["/v1/traces"]
    assert b"http.request" in got[0][1]
    assert b"revento-web" in got[0][1]
