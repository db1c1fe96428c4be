"""Real mail servers for tests: aiosmtpd on 127.0.0.1, with certificates, logins and faults on order.

    with smtp_server(security="starttls", users={"news": "geheim"}, faults=[refuse("bob@example.org")]) as server:
        session = open_session(server.settings())
        ...
    assert server.received[0].content == b"".join(message.content)

A `Fault` happens at a step of the dialogue, to one recipient or to all, the first few times or always. A step is
the name of a command in lower case, or one of "greeting", "content" (after 354, before the final dot) and "dot"
(the message has arrived as a whole, the answer is due). Several servers may run side by side.
"""

# ruff: noqa: N802 - aiosmtpd finds its hooks by the names of the commands

import asyncio
import base64
import contextlib
import datetime
import functools
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from isa_mail.model.publication import Security, SmtpSettings

DROP = "(drop the connection)"
HANG = "(hang)"
_FOR_EVER = 3600.0


@dataclass(frozen=True)
class Fault:
    """What the server does at a step instead of its duty.

    `action` is DROP, HANG, or what it says: lines separated by "\\r\\n"; after "421 …" it hangs up. With an empty
    action it only waits `delay` seconds, then goes on as if nothing had happened.
    """

    step: str
    action: str = ""
    recipient: str | None = None  # None: any; for "rcpt" and all steps after it
    times: int | None = None  # None: always
    skip: int = 0  # goes well this often before
    delay: float = 0.0  # seconds before the action


def refuse(
    recipient: str | None = None, reply: str = "550 5.1.1 no such user", *, step: str = "rcpt"
) -> Fault:
    """Say no for good."""
    return Fault(step, reply, recipient)


def greylist(recipient: str | None = None, *, times: int = 1) -> Fault:
    """Say "later" the first time."""
    return Fault("rcpt", "450 4.2.0 greylisted, try again later", recipient, times)


@dataclass(frozen=True)
class Received:
    """A message that arrived as a whole, whatever the server said to it then."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes  # without doubled dots and final dot
    options: tuple[str, ...]  # of MAIL, e.g. "SIZE=4711"
    session: int  # the connection, counted from 1
    accepted: bool  # False: a fault stood at the dot, so that the sender saw no 250


@dataclass
class Server:
    """A running server and what it has seen so far."""

    port: int
    ca_file: Path | None  # None without TLS
    received: list[Received] = field(default_factory=list)
    commands: list[str] = field(
        default_factory=list
    )  # e.g. "RCPT TO:<anna@example.org>"; of AUTH the name only
    sessions: int = 0  # connections so far
    host: str = "localhost"
    _settings: SmtpSettings | None = None

    @property
    def accepted(self) -> list[Received]:
        """The messages that were answered with 250."""
        return [message for message in self.received if message.accepted]

    def settings(self, **changes: Any) -> SmtpSettings:
        """Return settings that work with this server (its first user, its CA), with these changes."""
        assert self._settings is not None
        return self._settings._replace(**changes)

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the same settings as they stand in .env."""
        settings = self.settings()
        found = {
            "SMTP_HOST": settings.host,
            "SMTP_PORT": str(settings.port),
            "SMTP_SECURITY": settings.security.value,
            "SMTP_USER": settings.user,
            "SMTP_PASSWORD": settings.password,
            "SMTP_CA_FILE": settings.ca_file,
            "SMTP_TIMEOUT_SECONDS": f"{settings.timeout_seconds:g}",
        }
        return {name: value for name, value in found.items() if value} | changes


@functools.cache
def certificate_authority(name: str) -> trustme.CA:
    """Return a throw-away CA; "trusted" is the one that settings name."""
    return trustme.CA(organization_name=f"isa-mail tests, {name}")


@contextlib.contextmanager
def smtp_server(
    *,
    security: Literal["none", "starttls", "tls"] = "none",
    users: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    certificate: Literal["good", "wrong name", "expired", "unknown CA"] = "good",
    announce: Sequence[str] = (),
    conceal: Sequence[str] = (),
    size_limit: int = 33_554_432,
    timeout_seconds: float = 5.0,
    messages_per_session: int | None = None,
    idle_seconds: float = 300.0,
) -> Iterator[Server]:
    """Run a server; it ends with the block, and hanging connections with it.

    `users`: passwords by name; with any, mail is taken after a login only. `announce` and `conceal`: words of the
    EHLO answer, such as PIPELINING or STARTTLS. `timeout_seconds` goes into the settings that the server offers. The
    server says 421 to the MAIL after `messages_per_session`, and hangs up after `idle_seconds` without a command.
    """
    with contextlib.ExitStack() as stack:
        context, ca_file = None, None
        if security != "none":
            context = server_context(certificate)
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            ca_file = Path(folder) / "ca.pem"
            certificate_authority("trusted").cert_pem.write_to_path(str(ca_file))
        server = Server(port=0, ca_file=ca_file)
        limits = _Limits(size_limit, messages_per_session, idle_seconds)
        script = _Script(server, list(faults), dict(users or {}), tuple(announce), tuple(conceal), limits)
        stack.enter_context(_serving(server, script, context, security))
        user, password = next(iter(script.users.items()), (None, None))
        server._settings = SmtpSettings(
            host=server.host,
            port=server.port,
            security=Security(security),
            user=user,
            password=password,
            ca_file=None if ca_file is None else str(ca_file),
            timeout_seconds=timeout_seconds,
        )
        yield server


# --- the server itself ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Limits:
    size: int
    messages_per_session: int | None
    idle_seconds: float


class _Script:
    """What a server shall do; asked in the server's thread only."""

    def __init__(
        self,
        server: Server,
        faults: list[Fault],
        users: dict[str, str],
        announce: tuple[str, ...],
        conceal: tuple[str, ...],
        limits: _Limits,
    ) -> None:
        self.server, self.faults, self.users = server, faults, users
        self.announce, self.conceal, self.limits = announce, conceal, limits
        self._met = [0] * len(faults)

    def fault(self, step: str, recipients: Sequence[str] = ()) -> Fault | None:
        """Return the first fault that applies here and now; it counts as having happened."""
        for index, fault in enumerate(self.faults):
            if fault.step != step or (fault.recipient is not None and fault.recipient not in recipients):
                continue
            if fault.times is not None and self._met[index] >= fault.skip + fault.times:
                continue
            self._met[index] += 1
            if self._met[index] > fault.skip:
                return fault
        return None

    def ehlo_answer(self, lines: list[str]) -> list[str]:
        """Announce and conceal extensions in "250-…" lines."""
        hidden = {word.upper() for word in self.conceal} | (set() if self.users else {"AUTH"})
        kept = [line for line in lines[1:] if line[4:].split()[0].upper() not in hidden]
        more = (word for word in self.announce if f"250-{word}" not in kept)
        return [lines[0], *(f"250-{word}" for word in more), *kept]


class _Handler:
    """aiosmtpd's hooks that need no more than the script."""

    def __init__(self, script: _Script) -> None:
        self.script = script

    async def handle_EHLO(
        self, server: "_Smtp", session: Any, envelope: Any, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return self.script.ehlo_answer(lines)

    async def handle_DATA(self, server: "_Smtp", session: Any, envelope: Any) -> str:
        fault = self.script.fault("dot", envelope.rcpt_tos)
        accepted = fault is None or not fault.action or fault.action.startswith("2")
        self.script.server.received.append(
            Received(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=bytes(envelope.original_content),
                options=tuple(envelope.mail_options),
                session=server.number,
                accepted=accepted,
            )
        )
        queued = f"250 2.0.0 Ok: queued as {len(self.script.server.received)}"
        if fault is None:
            return queued
        if fault.action in (DROP, HANG) or fault.action.startswith("421"):
            await server.act(fault)  # ends with the connection
        await asyncio.sleep(fault.delay)
        return fault.action or queued


class _Smtp(SMTP):
    """aiosmtpd's server with a script."""

    def __init__(self, script: _Script, context: ssl.SSLContext | None) -> None:
        super().__init__(
            _Handler(script),
            hostname="mail.test",
            ident="test server",
            tls_context=context,
            data_size_limit=script.limits.size,
            timeout=script.limits.idle_seconds,
            auth_require_tls=False,
            authenticator=self._knows,
            enable_SMTPUTF8="SMTPUTF8" in script.announce,
            loop=asyncio.get_running_loop(),
        )
        self.script = script
        self.number = 0

    def _knows(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = self.script.users.get(data.login.decode())
        good = known is not None and data.password.decode() == known
        return AuthResult(success=good, handled=False)  # aiosmtpd says 235 or 535

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.number:  # not again after STARTTLS
            self.script.server.sessions += 1
            self.number = self.script.server.sessions
        super().connection_made(transport)

    async def act(self, fault: Fault) -> bool:
        """Do what the fault says; True if the server shall then go on as if nothing had happened."""
        await asyncio.sleep(fault.delay)
        if not fault.action:
            return True
        if fault.action == HANG:
            await asyncio.sleep(_FOR_EVER)
        if fault.action != DROP:
            await self.push(fault.action.encode("utf-8", "surrogateescape"))
        if fault.action == DROP or fault.action.startswith("421"):
            self._hang_up()
            await asyncio.sleep(_FOR_EVER)  # until `connection_lost` cancels this task
        return False

    def _hang_up(self) -> None:
        assert self.transport is not None
        if self.session is not None and self.transport.get_extra_info("ssl_object") is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # no waiting for the other side's good-bye
        else:
            self.transport.close()

    async def _at(self, step: str, recipients: Sequence[str] = ()) -> bool:
        """Say whether the step is to be done by the book."""
        fault = self.script.fault(step, recipients)
        return fault is None or await self.act(fault)

    async def _handle_client(self) -> None:
        if not await self._at("greeting"):
            self._hang_up()
            return
        await super()._handle_client()

    async def _command(self, word: str, argument: str | None, recipients: Sequence[str] = ()) -> bool:
        shown = argument.split()[0] if word == "AUTH" and argument else argument
        self.script.server.commands.append(" ".join(filter(None, (word, shown))))
        return await self._at(word.lower(), recipients)

    async def smtp_EHLO(self, hostname: str) -> None:
        if await self._command("EHLO", hostname):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if await self._command("STARTTLS", arg):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if await self._command("AUTH", arg):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._command("MAIL", arg):
            return
        mine = sum(got.session == self.number for got in self.script.server.received)
        if mine == self.script.limits.messages_per_session:
            await self.act(Fault("mail", "421 4.7.0 too many messages on this connection"))
        if self.script.users and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 Authentication required")
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        address = (arg or "").partition("<")[2].partition(">")[0]
        if await self._command("RCPT", arg, (address,)):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        recipients = self.envelope.rcpt_tos if self.envelope else ()
        if not await self._command("DATA", arg, recipients):
            return
        fault = self.script.fault("content", recipients)
        if fault is not None:
            await self.push("354 go ahead")
            await self.act(fault)
            return
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:
        if await self._command("RSET", arg):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if await self._command("QUIT", arg):
            await super().smtp_QUIT(arg)


# --- certificates and threads -----------------------------------------------------------------------------


def trusted_certificate() -> str:
    """Return, as PEM, what a client has to trust."""
    return certificate_authority("trusted").cert_pem.bytes().decode("ascii")


def server_context(certificate: str = "good") -> ssl.SSLContext:
    """Return what a server needs to speak TLS: a certificate of the kinds that `smtp_server` knows."""
    now = datetime.datetime.now(datetime.UTC)
    issuer = certificate_authority("unknown" if certificate == "unknown CA" else "trusted")
    issued = issuer.issue_cert(
        *(["mail.example.org"] if certificate == "wrong name" else ["localhost", "127.0.0.1"]),
        not_before=now - datetime.timedelta(days=30),
        not_after=now + datetime.timedelta(days=-1 if certificate == "expired" else 30),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


@contextlib.contextmanager
def _serving(
    server: Server, script: _Script, context: ssl.SSLContext | None, security: str
) -> Iterator[None]:
    """Run the server in a thread of its own and leave nothing open behind it."""
    loop = asyncio.new_event_loop()
    connections: list[_Smtp] = []

    def connection() -> _Smtp:
        connections.append(_Smtp(script, context if security == "starttls" else None))
        return connections[-1]

    def run() -> None:  # in a thread as a whole: the test's own has another loop where a browser runs
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, name="smtp server", daemon=True)
    thread.start()
    start = _start(loop, connection, context if security == "tls" else None)
    listener = asyncio.run_coroutine_threadsafe(start, loop).result(timeout=30)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listener, connections), loop).result(timeout=30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _start(
    loop: asyncio.AbstractEventLoop, connection: Callable[[], _Smtp], context: ssl.SSLContext | None
) -> asyncio.Server:
    return await loop.create_server(connection, "127.0.0.1", 0, ssl=context)


async def _stop(listener: asyncio.Server, connections: list[_Smtp]) -> None:
    listener.close()
    await asyncio.sleep(0.01)  # so that what was accepted in the last moment becomes a connection
    for connection in connections:
        for transport in (connection.transport, connection._original_transport):
            if transport is not None:
                transport.abort()  # type: ignore[attr-defined]
    mine = asyncio.current_task()
    waiting = [task for task in asyncio.all_tasks() if task is not mine]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.sleep(0.01)  # aborted transports close their sockets in the loop's next rounds


def encoded(text: str) -> str:
    """Return base64 as AUTH writes it, to look for it where it must not be."""
    return base64.b64encode(text.encode()).decode("ascii")
