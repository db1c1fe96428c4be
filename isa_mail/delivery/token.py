"""The OAuth token that some providers want instead of a password, from a command of the person's own.

    SMTP_TOKEN_COMMAND=oauth2ms  ->  "eyJ0eXAiOiJKV1Qi…"

Edge: runs one program, without a shell. What it prints is a secret: it goes into the login and nowhere else. How a
token is fetched and renewed differs by provider and changes often; isa-mail leaves it to programs made for that.

Sources: RFC 6750 section 2.1 (what a bearer token is made of).
"""

import os
import re
import shlex
import subprocess

from isa_mail.errors import TransportError

_PATIENCE = 60.0  # seconds; it may have to ask the provider
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def fetch_token(command: str) -> str:
    """Run the command and return the token that it prints.

    Raises TransportError, which never holds what was printed.
    """
    # Windows itself takes a command line apart; elsewhere quotes and backslashes mean what they mean in a shell.
    arguments = command if os.name == "nt" else shlex.split(command)
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may hold the token as well
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _no_token(f"did not end within {_PATIENCE:g} seconds") from None  # it holds what was printed
    except OSError as error:
        raise _no_token(f"cannot be run: {error.strerror or error}") from error
    if done.returncode:
        raise _no_token(f"ended with exit status {done.returncode}")
    token = done.stdout.decode("ascii", "replace").strip()
    if not _TOKEN.fullmatch(token):
        raise _no_token("printed something else than one token" if token else "printed nothing")
    return token


def _no_token(what: str) -> TransportError:
    return TransportError(
        f"The command of SMTP_TOKEN_COMMAND {what}, so there is nothing to log in with.",
        hint="Run it by hand to see what it says. It must print the access token and nothing else; "
        "name the program with its full path. Nothing was sent.",
    )
