"""Debian's archive, for the programs that tests run and a system need not have."""

import os
import shutil
import subprocess

_PLACES = ("/usr/sbin", "/sbin")  # where an ordinary PATH does not look


def which(tool: str) -> str | None:
    """The path of a system's program, if it is installed."""
    return shutil.which(tool, path=os.pathsep.join((os.environ.get("PATH", ""), *_PLACES)))


def can_fetch() -> bool:
    """Whether debootstrap is here, or can be installed, and may be run."""
    root = os.name == "posix" and os.geteuid() == 0
    return root and bool(which("debootstrap") or which("apt-get"))


def debootstrap(*arguments: object) -> None:
    """Run it, after installing it where it is not."""
    if not which("debootstrap"):
        run("apt-get", "update")
        run("apt-get", "install", "-y", "--no-install-recommends", "debootstrap")
    run(which("debootstrap"), *arguments)


def mirror() -> str:
    """Where this system's own packages come from, if it is a Debian; else debootstrap's default."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian"]
    if not which("apt-get"):
        return ""
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return next((each for each in said if not each.rstrip("/").endswith("security")), "")


def run(*command: object) -> None:
    """Run a program that asks nothing; what it said, if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout[-3000:]}"
