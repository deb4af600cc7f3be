"""A gateway to send to: a real HTTP server in a thread that keeps what it was told and answers as it is bidden."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Counter(ThreadingHTTPServer):
    """The other side. `status` and `answer` are what it says next; while `gate` is shut it says nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.told: list[dict] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status, self.answer = 200, {"errcode": 0}
        self.gate = threading.Event()
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.told]


class _Clerk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.gate.wait(timeout=30)
        server.told.append(json.loads(body))
        server.bodies.append(body)
        server.headers.append(dict(self.headers))
        server.paths.append(self.path)
        content = json.dumps(server.answer).encode()
        self.send_response(server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Tests speak for themselves."""


@contextmanager
def counter() -> Iterator[Counter]:
    server = Counter()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


def nobody_listens() -> str:
    """An address at which nothing answers."""
    with counter() as server:
        return server.url
