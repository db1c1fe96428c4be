"""A web server on loopback that answers as it is told, and remembers what it was asked for.

with Web({"/da": 200, "/weg": 404, "/alt": (301, "/neu")}) as web: … web.address, web.asked
"""

import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Answer = int | tuple[int, str]


class Web:
    """Use it in a `with` block; paths that are not named are answered 404."""

    def __init__(
        self, answers: Mapping[str, Answer], *, head: int | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`head`: what every HEAD is answered, as by servers that do not know it. `tls`: over https."""
        self.asked: list[tuple[str, str]] = []  # (method, path)
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append((self.command, self.path))
                answer = answers.get(self.path, 404)
                code, target = answer if isinstance(answer, tuple) else (answer, "")
                self.send_response(head if head and self.command == "HEAD" else code)
                if target:
                    self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET  # noqa: N815 (the library's name)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Web":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
