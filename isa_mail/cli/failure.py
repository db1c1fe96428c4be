"""What becomes of an error: words on stderr, and an exit status.

    IsaMailError -> its sentence and hint, 1 (Busy: 4)     OSError -> the disk's own refusal, 1     others -> a bug, 1

Edge: prints. Loaded only when something has failed, so that --help stays instant.
"""

import click

from isa_mail.cli.terminal import plain, show_error, show_traceback
from isa_mail.errors import Busy, IsaMailError


def tell(error: Exception, *, debug: bool) -> int:
    """Print the error in hand, with `debug` its traceback first; return the exit status."""
    if debug:
        show_traceback()
    if isinstance(error, IsaMailError):
        show_error(error)
        return 4 if isinstance(error, Busy) else 1
    if isinstance(error, OSError):  # the disk's own refusals: full, read-only, in use by another program
        click.echo(
            f"Error: {plain(str(error.filename or 'A file'))}: {plain(error.strerror or str(error))}.\n"
            "       Check that the disk has room, that you may read and write there, and that no other program "
            "has the file open; then run the same command again.",
            err=True,
        )
        return 1
    click.echo(
        f"Error: isa-mail has a bug: {type(error).__name__}: {plain(str(error))}\n"
        "Please report it with what this shows: the same command with --debug after isa-mail.",
        err=True,
    )
    return 1
