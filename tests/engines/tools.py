"""Other people's readers of our files, each fetched once into a folder outside the repository.

npm brings Autodesk's SDK (FBX2glTF), three.js and the Khronos glTF validator; Debian's archive
brings Godot, unless ONETAKE_GODOT or the search path has one of 4.4 or newer.
"""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.cache import cache
from tests.debian import can_fetch, debootstrap, mirror

PACKAGES = {"fbx2gltf": "0.9.7", "three": "0.187.0", "gltf-validator": "2.0.0-dev.3.10"}
_GODOT_RELEASE = "forky"  # of Debian: the first with a Godot that reads FBX at run time
_GODOT_NEEDS = (4, 4)


def package(name: str) -> Path:
    """The folder of an npm package; FileNotFoundError without npm."""
    folder = cache() / "node_modules" / name
    if not (folder / "package.json").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm, which installs the readers, is not here")
        cache().mkdir(parents=True, exist_ok=True)
        wanted = [f"{known}@{version}" for known, version in PACKAGES.items()]
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(cache()), *wanted]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def converter() -> Path:
    """FBX2glTF, which holds Autodesk's SDK."""
    system = {"Windows": "Windows_NT"}.get(platform.system(), platform.system())
    binary = package("fbx2gltf") / "bin" / system / "FBX2glTF"
    binary = binary.with_suffix(".exe") if system == "Windows_NT" else binary
    binary.chmod(0o755)  # the package forgets it
    return binary


def godot() -> list[str] | None:
    """The command that runs Godot; None where there is none and none can be fetched."""
    for name in (os.environ.get("ONETAKE_GODOT"), "godot", "godot4"):
        binary = name and shutil.which(name)
        if binary and _is_new_enough([binary]):
            return [binary]
    root = cache() / "godot"
    if not (root / "complete").exists() and not _fetch_godot(root):
        return None
    # Its own loader and libraries: nothing of it is installed in this system.
    libraries = root / "usr/lib/x86_64-linux-gnu"
    # Folders that configuring the packages would have made known to the system's loader.
    folders = [libraries, libraries / "pulseaudio", libraries / "blas", libraries / "lapack"]
    loader = root / "usr/lib64/ld-linux-x86-64.so.2"
    path = ":".join(map(str, folders))
    return [str(loader), "--library-path", path, str(root / "usr/bin/godot")]


def _is_new_enough(command: list[str]) -> bool:
    said = subprocess.run([*command, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"(\d+)\.(\d+)", said)
    return bool(found) and tuple(map(int, found.groups())) >= _GODOT_NEEDS


def _fetch_godot(root: Path) -> bool:
    """Debian's package and what it needs, unpacked, not installed."""
    if not can_fetch() or platform.machine() != "x86_64":
        return False
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        debootstrap("--variant=minbase", "--include=godot", "--download-only",
                    _GODOT_RELEASE, folder, mirror(),
                    "/usr/share/debootstrap/scripts/sid")  # fmt: skip
        for archive in Path(folder, "var/cache/apt/archives").glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
    (root / "complete").touch()
    return True
