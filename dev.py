#!/usr/bin/env python3
"""Makes the environment and runs what a newcomer or a developer runs; needs Python 3.11 and nothing else.

    python3 dev.py demo     ->  .venv/, then .demo/newsletter.html in a browser (Windows: py dev.py demo)

Edge: files of this checkout, the package index while .venv is made, a browser for the demo. Messages go to
stderr, results to stdout. Python 3.6 must be able to read this page, so that it can say that it is too old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import webbrowser
from base64 import b64encode
from email import message_from_bytes, policy
from importlib.util import find_spec
from pathlib import Path

USAGE = """\
python3 dev.py demo [--no-browser]    make the sample newsletter, from its texts to an outbox, and show it
python3 dev.py test [PYTEST OPTIONS]  check, then all tests
python3 dev.py check                  format, lint and types
python3 dev.py figures [PLACE]        measure a letter beside its targets (needs Chromium)
python3 dev.py look FOLDER [PLACE]    photograph a letter at all widths, light, dark, printed … (needs Chromium)
python3 dev.py pictures               take the pictures of the README anew (needs Chromium)
python3 dev.py bench [OPTIONS]        how fast `send` is beside smtplib, Django and smtp-source (-h: options)
python3 dev.py bench lists            how fast a list of a million rows is read, and in how much memory
python3 dev.py proof [--all]          how much of what is wrong in a pasted text the import finds, and rightly
python3 dev.py lock [UV OPTIONS]      write the lock file anew from pyproject.toml (needs uv)
"""
OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements-dev.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DEMO = ROOT / ".demo"
STAMP = ".made-by-dev.py"  # stands in .venv and in .demo: what has none is not ours to delete


class Stop(Exception):
    """Something that the person at the keyboard can mend; told without a traceback."""


def main(arguments: list) -> int:
    """Run one verb and return the exit status."""
    verbs = {f.__name__: f for f in (demo, test, check, figures, look, pictures, bench, proof, lock)}
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    if not arguments or arguments[0] not in verbs:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        require_python()
        sys.stdout.reconfigure(errors="replace")  # a Windows console may know no Chinese
        return verbs[arguments[0]](arguments[1:])
    except Stop as stop:
        print(f"dev.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# --- the verbs --------------------------------------------------------------------------------------------


def check(rest: list) -> int:
    """Run formatter, linter and type checker; stop at the first that complains."""
    if rest:
        raise Stop("check takes no options.")
    make_environment()
    return run_steps(["ruff", "format", "--check"], ["ruff", "check"], ["mypy"])


def test(rest: list) -> int:
    """Run `check`, then pytest with the options in `rest`; its closing line comes last on stdout."""
    return check([]) or run_steps(["pytest", *rest])


def figures(rest: list) -> int:
    """Measure the newest edition of a workspace (default: this one), or an .eml, beside the targets."""
    make_environment()
    return run_steps(["bench.figures", *rest])


def look(rest: list) -> int:
    """Photograph the newest edition of a workspace (default: this one), or an .eml, into a folder."""
    make_environment()
    return run_steps(["bench.pictures", "look", *rest])


def pictures(rest: list) -> int:
    """Take the README's pictures from the sample edition as it is built now."""
    if rest:
        raise Stop("pictures takes no options.")
    make_environment()
    return run_steps(["bench.pictures", "readme"])


def bench(rest: list) -> int:
    """Measure on this computer; `rest` are options of bench/send.py."""
    make_environment()
    if rest[:1] == ["lists"]:
        return run_steps(["bench.lists", *rest[1:]])
    return run_steps(["bench.send", *rest])


def proof(rest: list) -> int:
    """Measure the import on the marked texts of bench/proof/; `rest` may be --all."""
    make_environment()
    return run_steps(["bench.proof", *rest])


def lock(rest: list) -> int:
    """Resolve pyproject.toml for all platforms and Pythons at once, with hashes, naming no index."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(PYTHON.parent))
    if uv is None:
        raise Stop(
            "There is no uv here, which resolves for all platforms at once. Install it: pip install uv"
        )
    words = [uv, "pip", "compile", "pyproject.toml", "--group", "dev", "--universal", "--quiet"]
    words += ["--python-version", "{}.{}".format(*OLDEST), "--generate-hashes", "--no-emit-index-url"]
    words += ["--custom-compile-command", "python3 dev.py lock", "--output-file", LOCK.name, *rest]
    return subprocess.run(words, cwd=str(ROOT)).returncode


def demo(rest: list) -> int:
    """Make a workspace in .demo, build its newsletter, write all mails to its outbox, show one of them."""
    if rest not in ([], ["--no-browser"]):
        raise Stop("demo takes no option but --no-browser.")
    make_environment()
    remove_old_demo()
    status = isa_mail("init", DEMO.name)
    if DEMO.is_dir():
        (DEMO / STAMP).touch()
    status = status or isa_mail("-C", DEMO.name, "build")
    if status:
        return status
    mails = count_mails()
    status = isa_mail("-C", DEMO.name, "send", "--confirm", str(mails))
    if status:
        return status
    return show_demo(mails, browser=not rest and can_open_browser())


# --- the environment --------------------------------------------------------------------------------------


def require_python() -> None:
    """Raise Stop if this Python is too old; name a newer one that is installed, if there is one."""
    if sys.version_info >= OLDEST:
        return
    newer = [name for name in (f"python3.{minor}" for minor in range(11, 20)) if shutil.which(name)]
    verb = " ".join(sys.argv[1:])
    raise Stop(
        "isa-mail needs Python {}.{} or later; this is {}.{}. ".format(*OLDEST, *sys.version_info[:2])
        + (f"Run: {newer[-1]} dev.py {verb}" if newer else "A newer one is at python.org/downloads")
    )


def make_environment() -> None:
    """Bring .venv to what the lock file says, or do nothing if its stamp says that it is there already.

    One that was made by hand is filled, never deleted. Raises Stop with the next step; then a second try
    begins where the first one ended, because the stamp is written last.
    """
    if not LOCK.is_file():
        raise Stop(
            f"{LOCK.name} is missing, so nobody knows which packages belong here. Restore it from git."
        )
    stamp = VENV / STAMP
    if stamp.is_file() and stamp.read_text() == fingerprint():
        return
    say(
        "Filling .venv with what the lock file names: some 180 MB. The first time, this takes a minute or three."
    )
    if VENV.exists() and environment_version() is None:
        if not stamp.is_file():
            raise Stop(
                "There is a .venv without a Python {}.{} or later and pip, and dev.py did not make it. "
                "Rename or delete it, then run this again.".format(*OLDEST)
            )
        shutil.rmtree(str(VENV))
    if not VENV.exists():
        create_environment()
    pip("--require-hashes", "--requirement", LOCK.name)
    pip("--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(fingerprint())


def create_environment() -> None:
    """Create an empty .venv. A half-made one is removed, so that the next try is a first one."""
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        raise Stop(
            "This Python cannot make an environment: its ensurepip is missing. On Debian and Ubuntu: "
            "apt install python3-venv (as root, or with sudo). Then run this again."
        )
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode:
        shutil.rmtree(str(VENV), ignore_errors=True)
        raise Stop("The environment could not be made:\n" + made.stdout.decode(errors="replace").strip())
    (VENV / STAMP).touch()  # ours, and not finished


def environment_version() -> "str | None":
    """Return the version of the Python in .venv, None if it does not run, is too old or has no pip."""
    code = f"import pip, sys; print(sys.version) if sys.version_info >= {OLDEST} else sys.exit(1)"
    try:
        asked = subprocess.run([str(PYTHON), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return asked.stdout.decode() if asked.returncode == 0 else None


def fingerprint() -> str:
    """Return a hash over all that .venv depends on; scripts hold paths, so the checkout's place is in it."""
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    parts.append((environment_version() or "none").encode())
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def pip(*options: str) -> None:
    """Run `pip install` in .venv; raise Stop that says whether the network is the matter."""
    words = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        *options,
    ]
    done = subprocess.run(words, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return
    output = done.stdout.decode(errors="replace")
    if re.search(
        r"NewConnectionError|ConnectTimeout|ConnectionError|NameResolution|ProxyError|ReadTimeout", output
    ):
        raise Stop("The package index cannot be reached. Connect to the Internet, then run this again.")
    raise Stop("pip could not install what the lock file names:\n" + output.strip())


# --- the demo ---------------------------------------------------------------------------------------------


def remove_old_demo() -> None:
    """Remove the last demo; raise Stop if .demo was made by somebody else."""
    if DEMO.exists() and not (DEMO / STAMP).is_file():
        raise Stop("There is a .demo that dev.py did not make. Rename or delete it, then run this again.")
    if DEMO.exists():
        shutil.rmtree(str(DEMO))


def count_mails() -> int:
    """Ask the plan how many mails there will be: `send` wants the number typed by whoever has read it."""
    plan = subprocess.run(
        [str(PYTHON), "-m", "isa_mail.cli", "-C", DEMO.name, "send", "--dry-run"],
        cwd=str(ROOT),
        env=demo_environment(),
        stdout=subprocess.PIPE,
    ).stdout.decode("utf-8", "replace")
    found = re.search(r"^Mails in this run: (\d+)", plan, re.MULTILINE)
    if found is None:
        raise Stop("The plan of `isa-mail send --dry-run` names no number of mails:\n" + plan.strip())
    return int(found.group(1))


def show_demo(mails: int, *, browser: bool) -> int:
    """Make a page a language of the mails, say what there is to look at, and open the first page if `browser`."""
    outbox = next((DEMO / "outbox").glob("*/new"))
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in outbox.iterdir()]
    pages = {}
    for letter in sorted(letters, key=lambda message: str(message["To"])):
        html = self_contained(letter)
        language = re.search(r'<html[^>]* lang="(\w+)', html).group(1)
        if language not in pages:
            pages[language] = DEMO / (f"newsletter-{language}.html" if pages else "newsletter.html")
            pages[language].write_bytes(html.encode("utf-8"))
    print("\nThe newsletter is finished. Nothing was sent: there is no mail server in the demo.")
    for language, page in pages.items():
        print(
            f"  {shown(page)}\n      the letter in the language {language}, pictures included: open it in a browser"
        )
    print(f"""\
  {shown(outbox)}
      all mails of this run: {mails}, a file each
  {shown(DEMO / "build" / outbox.parent.name)}
      what `isa-mail build` wrote: HTML, plain text, and a mail that a mail program opens
  {shown(DEMO / "editions" / outbox.parent.name)}
      the texts it was made from""")
    if browser:
        webbrowser.open((DEMO / "newsletter.html").as_uri())
    else:
        print("No browser was opened: open the page yourself.")
    print("\nTo work with it: install it as README.md says, then isa-mail init newsletter")
    return 0


def self_contained(letter) -> str:
    """Return the HTML part of an EmailMessage with its embedded pictures as data: addresses."""
    html = letter.get_body(("html",)).get_content()
    for part in letter.walk():
        content_id = (part["Content-ID"] or "").strip("<> ")
        if content_id:
            data = b64encode(part.get_payload(decode=True)).decode("ascii")
            html = html.replace(f"cid:{content_id}", f"data:{part.get_content_type()};base64,{data}")
    return html.replace("\r\n", "\n")


def can_open_browser() -> bool:
    """Tell whether a person sits in front of a desktop here."""
    if os.environ.get("CI"):
        return False
    has_desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or bool(has_desktop)


def demo_environment() -> dict:
    """Return the environment without what points at a real mail server, or at a journal outside the demo."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SMTP_", "ISA_MAIL_"))}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


def shown(path: Path) -> str:
    """Return a path as a person in the checkout would type it."""
    return os.path.relpath(str(path), str(ROOT))


# --- running things ---------------------------------------------------------------------------------------


def isa_mail(*words: str) -> int:
    """Run an isa-mail command of the demo and return its exit status."""
    say("$ isa-mail " + " ".join(words))
    command = [str(PYTHON), "-m", "isa_mail.cli", *words]
    return subprocess.run(command, cwd=str(ROOT), env=demo_environment()).returncode


def run_steps(*steps: list) -> int:
    """Run tools of .venv in turn and return the exit status of the first that fails, else 0."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for step in steps:  # hundreds of processes in one run of the tests: none shall compile every module anew
        say("$ " + " ".join(step))
        status = subprocess.run([str(PYTHON), "-m", *step], cwd=str(ROOT), env=environment).returncode
        if status:
            return status
    return 0


def say(sentence: str) -> None:
    """Tell the person what is going on, in order with what the tools print."""
    sys.stdout.flush()
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
