"""`isa-mail`: the group of commands, and the one place where errors become words and an exit status.

    0 done · 1 failed, refused or aborted · 2 wrong use · 3 finished, but some recipients are failed, deferred
    or unknown · 4 another send of this edition is running

Edge. Click alone is imported here: what a command needs is imported inside it, so that --help stays instant.
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from isa_mail import __version__
from isa_mail.cli.invocation import Invocation

COMMANDS = {
    "init": "Make a workspace in DIR.",
    "new": "Start the edition EDITION, named by year and month: 2026-11.",
    "import": "Take a pasted text or a .docx apart into the section files of EDITION.",
    "check": "Look at EDITION (default: the newest): texts, links, pictures, the letter, both languages, the lists.",
    "build": "Build the letter of EDITION (default: the newest).",
    "preview": "Show the draft of EDITION in the browser.",
    "lists": "Read the lists of isa-mail.toml as `send` would, and show what was understood.",
    "doctor": "Try everything that a send of EDITION (default: the newest) needs, and send nothing.",
    "send": "Send EDITION (default: the newest) to the lists of isa-mail.toml.",
    "status": "Show how the delivery of EDITION (default: the newest) stands.",
    "suppress": "Never write to ADDRESS again.",
    "person": "Print all that is stored about ADDRESS.",
}  # in the order of the journey; what each does, so that --help need not load them

_OBJECTS = 20_000  # made before Python looks for cycles among them: we make hardly any, and load many modules
_LEAVING = {
    **dict.fromkeys(
        ("unsubscribe", "remove", "block"), "Who is to get nothing any more: isa-mail suppress ADDRESS"
    ),
    **dict.fromkeys(
        ("erase", "delete", "forget"),
        "Who is to be forgotten altogether: isa-mail suppress --erase ADDRESS; "
        "who is only to get nothing any more: isa-mail suppress ADDRESS",
    ),
    **dict.fromkeys(
        ("bounce", "bounces", "bounced"),
        "All of an edition whose address does not exist: isa-mail suppress --bounced; "
        "one address: isa-mail suppress ADDRESS --reason bounced",
    ),
}  # what people call it elsewhere


class _Journey(click.Group):
    """Lists the commands in the order in which people need them, and loads only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = import_module(f"isa_mail.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in _LEAVING:
            ctx.fail(f"There is no command {args[0]!r}. {_LEAVING[args[0]]}")
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            if near := get_close_matches(args[0], COMMANDS, n=1):
                ctx.fail(f"There is no command {args[0]!r}. Did you mean: isa-mail {near[0]}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Journey,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work in the workspace DIR instead of the one around the current folder.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="isa-mail")
@click.pass_context
def commands(ctx: click.Context, directory: Path, debug: bool) -> None:
    """Make a newsletter from text files and send it.

    Without a command: say where the newest edition stands and what comes next.
    """
    ctx.obj = Invocation(directory, dict(os.environ), debug)
    if ctx.invoked_subcommand is None:
        from isa_mail.cli.overview import show_overview

        show_overview(ctx.obj)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console in cp1252 must not die of a Chinese name
            reconfigure(errors="replace")
    gc.set_threshold(_OBJECTS)
    status = _run(arguments)
    gc.freeze()  # else Python looks through all that was loaded once more as it ends: a fifth of a short command
    sys.exit(status)


def _run(arguments: Sequence[str] | None) -> int:
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    try:
        result = commands.main(arguments, prog_name="isa-mail", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except Exception as error:
        return _told(error, debug)


def _told(error: Exception, debug: bool) -> int:
    """Tell a person what happened; errors are loaded only when there is one, so that --help stays instant."""
    from isa_mail.cli.terminal import plain, show_error, show_traceback
    from isa_mail.errors import Busy, IsaMailError

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


if __name__ == "__main__":
    main()
