"""A small mail server on 127.0.0.1 that logs people in by XOAUTH2, as Microsoft 365 and Gmail do.

    with token_server("news@example.org", "ya29.secret") as server:
        session = open_session(server.settings("/usr/bin/print-token"))
    assert server.logins == ["good"]

A wrong token is answered with a challenge that holds an error in JSON; after the client's answer to it, 535.
"""

import base64
import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from isa_mail.model.publication import Security, SmtpSettings


@dataclass
class TokenServer:
    """A running server, and what it has seen."""

    user: str
    token: str
    port: int = 0
    logins: list[str] = field(default_factory=list)  # "good", or what was said to the challenge
    received: list[bytes] = field(default_factory=list)

    def settings(self, token_command: str) -> SmtpSettings:
        """Return settings that reach this server, without encryption: it is on loopback."""
        return SmtpSettings(
            "127.0.0.1",
            self.port,
            Security.NONE,
            self.user,
            None,
            timeout_seconds=5,
            token_command=token_command,
        )

    def log_in(self, arguments: str, session: "_Session") -> str:
        """Answer AUTH."""
        mechanism, _, response = arguments.partition(" ")
        if mechanism != "XOAUTH2":
            return "504 5.5.4 unknown mechanism"
        if base64.b64decode(response).decode() == f"user={self.user}\1auth=Bearer {self.token}\1\1":
            self.logins.append("good")
            return "235 2.7.0 Accepted"
        error = json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example.org/"})
        session.say(f"334 {base64.b64encode(error.encode()).decode()}")
        self.logins.append(session.rfile.readline().decode())
        return "535 5.7.8 Username and Password not accepted"


class _Session(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        seen: TokenServer = self.server.seen  # type: ignore[attr-defined]
        self.say("220 mail.test ESMTP")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            command, _, arguments = line.partition(" ")
            command = command.upper()
            if command == "AUTH":
                self.say(seen.log_in(arguments, self))
            elif command == "EHLO":
                self.say("250-mail.test\r\n250 AUTH XOAUTH2")
            elif command == "DATA":
                self.say("354 go ahead")
                seen.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say("250 2.0.0 queued")
            else:
                self.say("221 2.0.0 bye" if command == "QUIT" else "250 2.0.0 ok")


@contextlib.contextmanager
def token_server(user: str, token: str) -> Iterator[TokenServer]:
    """Run a server that knows one user and one token; it ends with the block."""
    seen = TokenServer(user, token)
    with socketserver.ThreadingTCPServer(
        ("127.0.0.1", 0), _Session
    ) as server:  # waits for its threads at the end
        server.seen = seen  # type: ignore[attr-defined]
        seen.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="token server")
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()
