"""What lies around the mail that could hurt: a password others can read, a journal on a drive that mixes it up.

    .env (0644)              -> Check(".env", "other people on this computer can read it …", "chmod 600 .env", WARNING)
    ~/OneDrive/…/.isa-mail   -> Check("Journal", "… lies in a synchronised folder (OneDrive) …", …, WARNING)

Edge: looks at file modes, paths and mounts, and asks git whether it tracks .env; reads no secret.

Sources: sqlite.org/useovernet.html (why a journal must not lie on a network drive).
"""

import contextlib
import os
import stat
import sys
from pathlib import Path

from isa_mail.model.findings import Check, Severity
from isa_mail.workspace.environment import ENV_FILE, STATE_NAME

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NETWORK_TYPES = {
    "9p",
    "afs",
    "ceph",
    "cifs",
    "davfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.gvfsd-fuse",
    "fuse.rclone",
} | {
    "fuse.sshfs",
    "glusterfs",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
    "vboxsf",
    "vmhgfs",
    "fuse.vmhgfs-fuse",
}
_SYNCHRONISED = (
    ("box", "Box"),
    ("box sync", "Box"),
    ("cloudstorage", "a cloud folder of macOS"),
    ("dropbox", "Dropbox"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("hidrive", "HiDrive"),
    ("icloud drive", "iCloud"),
    ("iclouddrive", "iCloud"),
    ("magentacloud", "MagentaCLOUD"),
    ("mobile documents", "iCloud"),
    ("nextcloud", "Nextcloud"),
    ("onedrive", "OneDrive"),
    ("owncloud", "ownCloud"),
    ("seafile", "Seafile"),
)  # fmt: skip
_GIT_SECONDS = 5.0


def warnings(root: Path, journal: Path) -> tuple[Check, ...]:
    """Say what is amiss with .env and with the journal's place; empty if all is well."""
    return tuple(check for check in (check_env_file(root), check_journal(journal)) if check.severity)


def check_env_file(root: Path) -> Check:
    """See that nobody else can read .env and that git does not carry it away."""
    path = root / ENV_FILE
    if not path.is_file():
        return Check(ENV_FILE, "there is none; all settings come from the environment")
    if _is_tracked(root):
        return Check(
            ENV_FILE,
            "git keeps it: whoever gets the repository gets the password",
            f"Take it out by: git rm --cached {ENV_FILE} – and change the password, which stays in the history.",
            Severity.WARNING,
        )
    if (
        os.name != "nt" and path.stat().st_mode & _OTHERS
    ):  # Windows keeps other people out of a home by itself
        return Check(
            ENV_FILE,
            "other people on this computer can read it, and it is where the password stands",
            f"Keep it to yourself: chmod 600 {ENV_FILE}",
            Severity.WARNING,
        )
    return Check(ENV_FILE, "only you can read it" if os.name != "nt" else "git does not keep it")


def check_journal(journal: Path) -> Check:
    """See that the journal lies on a disk of this very computer."""
    folder = next((parent for parent in journal.parents if parent.is_dir()), journal.parent)
    what = synchronised(folder) or _network(folder)
    if what is None:
        return Check("Journal", f"{journal.parent}, on this computer")
    return Check(
        "Journal",
        f"{journal.parent} lies on {what}: two computers may damage it there, and it knows who got what",
        f"Set {STATE_NAME} in {ENV_FILE} to a folder of this computer's own disk, "
        "and move what lies in the old folder there.",
        Severity.WARNING,
    )


def synchronised(folder: Path) -> str | None:
    """Name the service that copies a folder between computers, by the folder's path; None: none is known."""
    for part in folder.resolve().parts:
        name = part.casefold()
        for begin, service in _SYNCHRONISED:
            if name == begin or name.startswith((f"{begin} -", f"{begin}-")):  # "OneDrive - Verein e. V."
                return f"a synchronised folder ({service})"
    return None


def _network(folder: Path) -> str | None:
    if sys.platform == "win32":
        import ctypes

        drive = f"{folder.resolve().drive}\\"
        remote = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == 4  # DRIVE_REMOTE
        return "a network drive" if remote else None
    kind = mount_type(folder.resolve(), Path("/proc/self/mounts"))
    return f"a network drive ({kind})" if kind in _NETWORK_TYPES else None


def mount_type(folder: Path, mounts: Path) -> str | None:
    """The file system's type of a folder, from a list of mounts as Linux writes it; None if there is no such list."""
    best, kind = -1, None
    with contextlib.suppress(OSError):
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            _, point, name, *_ = line.split(" ")
            point = point.replace("\\040", " ")
            if folder.is_relative_to(point) and len(point) >= best:  # a later mount hides an earlier one
                best, kind = len(point), name
    return kind


def _is_tracked(root: Path) -> bool:
    """Ask git; no without a repository or without git."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return False
    import subprocess

    command = ("git", "-C", str(root), "ls-files", "--error-unmatch", "--", ENV_FILE)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
