"""Serves the draft to a browser on this machine and renders it anew after each save.

    serve(render, readers, watch=[editions/2026-09, templates], port=0, key="3vK…", …) -> http://127.0.0.1:49152/3vK…/

Edge: a loopback socket, threads, the files' dates. `site.py` makes the pages, `current.py` holds the draft.

Files are watched by looking at them, which works on network drives, where notices of changes get lost. The
polling of watchfiles would not do: it compares whole seconds, so the second of two quick saves is never seen.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from isa_mail.errors import PreviewError
from isa_mail.model.people import Recipient
from isa_mail.preview.current import Current
from isa_mail.preview.draft import Draft, Readers
from isa_mail.preview.site import make_site

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

_LOOK_EVERY_SECONDS = 0.15
_Snapshot: TypeAlias = dict[str, tuple[int, int, int]]


def serve(
    render: Callable[[], Draft],
    readers: Readers,
    *,
    watch: Sequence[Path],
    port: int,
    key: str,
    on_ready: Callable[[str], None],
    shown: Recipient | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Show what `render` returns until Ctrl-C, or until `stop` is set; render again when a path changes.

    `watch` holds files and folders, which may come and go. Port 0 is any free one. `key` is the folder below which all
    pages lie: whoever shares this machine, as on a terminal server, must not guess it. `on_ready` gets the address as
    soon as it answers. `shown` is the person to begin with. An IsaMailError from `render` is shown in the browser until
    the next save.

    Raises PreviewError if the port is taken, and whatever else `render` raises: that is a bug.
    """
    stop = stop or threading.Event()
    before = _snapshot(watch)  # taken before the first rendering: no save falls in between
    current = Current(render)
    with closing(_listen(port)) as listener:
        server = _make_server(current, readers, listener, key, shown)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        on_ready(f"http://127.0.0.1:{server.port}/{key}/")
        while not stop.wait(_LOOK_EVERY_SECONDS):
            after = _snapshot(watch)
            if after != before:
                before = after
                current.renew()
    except KeyboardInterrupt:
        pass
    finally:
        current.close()
        server.shutdown()
        thread.join()


def _listen(port: int) -> socket.socket:
    """Take a port of the loopback interface; nobody outside this machine can reach it."""
    try:
        # create_server also lets a new preview have the port of one that has just ended.
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        raise PreviewError(
            f"Port {port} of this machine cannot be had: {os.strerror(error.errno or 0)}.",
            hint="Another preview may be running. Leave out --port, and a free one is found.",
        ) from error


def _make_server(
    current: Current, readers: Readers, listener: socket.socket, key: str, shown: Recipient | None
) -> "BaseWSGIServer":
    """Return a server on a duplicate of `listener`. Left to itself, werkzeug prints and exits where it fails."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:
            """Say nothing: the terminal belongs to the command line."""

    host, port = listener.getsockname()
    site = make_site(current, readers, port=port, key=key, shown=shown)
    return make_server(host, port, site, threaded=True, request_handler=Quiet, fd=listener.fileno())


def _snapshot(paths: Sequence[Path]) -> _Snapshot:
    """Return date in nanoseconds, size and inode of all files in `paths`; what cannot be read is left out."""
    return {file: look for path in paths for file, look in _look(os.fspath(path))}


def _look(path: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Yield a file, or all files in a folder, except what editors leave beside the file that they hold open."""
    name = os.path.basename(path)  # noqa: PTH119 - four looks a second: no Path object a file
    if name.startswith((".", "~$", "#")) or name.endswith("~"):
        return
    try:
        with os.scandir(path) as entries:
            names = [entry.path for entry in entries]
    except NotADirectoryError:
        names = None
    except OSError:
        return
    if names is not None:
        for child in names:
            yield from _look(child)
        return
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return
    yield path, (status.st_mtime_ns, status.st_size, status.st_ino)
