"""Debian's Postfix as a real submission server for tests: an instance of its own, with TLS and SASL.

    with postfix(users={"news": "geheim"}, next_hop=sink.port) as server:
        session = open_session(server.settings)

Started as root from a temporary folder that holds its settings, queue and log, on a free port of 127.0.0.1, and
stopped at the end; the machine's own Postfix, if one runs, is left alone. Passwords are asked for over Dovecot's
authentication protocol, version 1.1, from a thread of the test: so Postfix conducts the whole login itself. What it
takes it passes on to `next_hop`, a mail server of the test.
"""

import base64
import contextlib
import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

from isa_mail.model.publication import Security, SmtpSettings

MISSING = (
    "there is no Postfix here: install the package postfix"
    if shutil.which("postfix") is None
    else "Postfix can only be started by root"
    if os.name != "posix" or os.geteuid() != 0
    else ""
)

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
alias_maps =
alias_database =
default_transport = smtp:[127.0.0.1]:{next_hop}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
message_size_limit = 2000000
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/server.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/recipients, permit
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix."""

    settings: SmtpSettings  # of its first user
    log: Path


@contextlib.contextmanager
def postfix(
    *, users: Mapping[str, str], next_hop: int, recipients: Mapping[str, str] | None = None
) -> Iterator[Postfix]:
    """Run a Postfix that lets `users` (passwords by name) send; `recipients`: what it says to some addresses.

    A password of XOAUTH2 is a token; the user of that name may log in by it as well.
    """
    with tempfile.TemporaryDirectory(prefix="isa-mail-postfix-") as name, _passwords(users) as auth:
        folder = Path(name)
        folder.chmod(0o755)  # Postfix's processes are other users
        for part in ("conf", "queue", "data"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        authority = trustme.CA()
        chain = authority.issue_cert("localhost").private_key_and_cert_chain_pem
        chain.write_to_path(str(folder / "server.pem"))
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        lines = (f"{address} {said}\n" for address, said in (recipients or {}).items())
        (folder / "recipients").write_text("".join(lines))
        port = _free_port()
        (folder / "conf" / "main.cf").write_text(_MAIN.format(folder=folder, next_hop=next_hop, auth=auth))
        (folder / "conf" / "master.cf").write_text(_MASTER.format(port=port))
        user, password = next(iter(users.items()))
        settings = SmtpSettings(
            "localhost", port, Security.STARTTLS, user, password, str(folder / "ca.pem"), timeout_seconds=20
        )
        _command(folder, "start")
        try:
            yield Postfix(settings, folder / "log")
        finally:
            _command(folder, "stop")


def _command(folder: Path, word: str) -> None:
    done = subprocess.run(
        ["postfix", "-c", str(folder / "conf"), word], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr + (folder / "log").read_text()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert isinstance(port, int)
    return port


class _Passwords(socketserver.StreamRequestHandler):
    """One client of Dovecot's authentication protocol: lines of words with tabs in between."""

    def handle(self) -> None:
        self._say("VERSION", "1", "1")
        for mechanism in ("PLAIN", "LOGIN", "XOAUTH2"):
            self._say("MECH", mechanism, "plaintext")
        self._say("SPID", "1")
        self._say("CUID", "1")
        self._say("COOKIE", "0" * 32)
        self._say("DONE")
        while words := self._line():
            if words[0] == "AUTH":
                self._log_in(words[1], words[2], dict(word.partition("=")[::2] for word in words[3:]))

    def _log_in(self, number: str, mechanism: str, options: Mapping[str, str]) -> None:
        users: Mapping[str, str] = self.server.users  # type: ignore[attr-defined]
        if mechanism == "LOGIN":
            user, secret = self._ask(number, "Username:"), self._ask(number, "Password:")
        elif mechanism == "PLAIN":
            _, user, secret = base64.b64decode(options["resp"]).decode().split("\0")
        else:
            first, second, *_ = base64.b64decode(options["resp"]).decode().split("\1")
            user, secret = first.removeprefix("user="), second.removeprefix("auth=Bearer ")
        if users.get(user) == secret:
            self._say("OK", number, f"user={user}")
            return
        if mechanism == "XOAUTH2":
            self._ask(number, '{"status":"401","schemes":"bearer"}')
        self._say("FAIL", number, f"user={user}")

    def _ask(self, number: str, challenge: str) -> str:
        self._say("CONT", number, base64.b64encode(challenge.encode()).decode())
        _, _, answer = self._line()
        return base64.b64decode(answer).decode()

    def _line(self) -> list[str]:
        line = self.rfile.readline().decode().rstrip("\n")
        return line.split("\t") if line else []

    def _say(self, *words: str) -> None:
        self.wfile.write(("\t".join(words) + "\n").encode())


@contextlib.contextmanager
def _passwords(users: Mapping[str, str]) -> Iterator[int]:
    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True  # Postfix keeps its connections until it stops

    with Listener(("127.0.0.1", 0), _Passwords) as server:
        server.users = users  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
