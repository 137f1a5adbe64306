"""A computer of our own for one Blender: its own files, processes and (absent) network."""

import subprocess
import sys
import sysconfig
from pathlib import Path

# Arguments: the Debian's root, an empty folder, then pairs of what to show and where. Nothing is
# written to the Debian: an overlay in memory takes it. Everything ends with our standard input.
_BOOT = r"""
set -e
debian=$1 base=$2; shift 2
mount -t tmpfs onetake "$base"
mkdir "$base/written" "$base/work" "$base/root"
root=$base/root
mount -t overlay onetake -o "lowerdir=$debian,upperdir=$base/written,workdir=$base/work" "$root"
while [ $# -gt 0 ]; do
    if [ -d "$1" ]; then mkdir -p "$root$2"
    else mkdir -p "$(dirname "$root$2")"; [ -e "$root$2" ] || : > "$root$2"; fi
    mount --bind "$1" "$root$2"
    shift 2
done
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs onetake "$root/tmp"
mkdir "$root/small"
mount -t tmpfs -o size=8m onetake "$root/small"
ln -sf /proc/self/mounts "$root/etc/mtab"
cd /
exec chroot "$root" sh -c 'echo ready; cat > /dev/null'
"""


class Machine:
    """Boots with `folder` shown as /trial, `more` where it says, and the Python of these tests.

    There is no network in it, not even a loopback, and a disk of 8 MB at /small.
    """

    def __init__(self, debian: Path, folder: Path, more: dict[Path, str]) -> None:
        base = folder.with_name(folder.name + ".machine")
        base.mkdir()
        self._base = base
        shown = [part for path in _python_files() for part in (path, path)]
        shown += [part for pair in more.items() for part in pair]
        self._init = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child",
             "sh", "-c", _BOOT, "boot", debian, base, folder, "/trial", *map(str, shown)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._init.stdout.readline() == "ready\n", "the machine does not start"
        children = Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text()
        self._enter = ["nsenter", "--target", children.strip(),
                       "--mount", "--pid", "--net", "--root", "--wd"]  # fmt: skip

    def start(self, *command: object, **options: object) -> subprocess.Popen:
        """A program in the machine."""
        line = [*self._enter, "env", "-i", *self._variables(), *(str(part) for part in command)]
        return subprocess.Popen(line, **{"stdin": subprocess.DEVNULL, **options})

    def run(self, *command: object) -> str:
        """A program in the machine, waited for; what it printed."""
        child = self.start(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        text, _ = child.communicate(timeout=900)
        assert child.returncode == 0, f"{command}: {text}"
        return text

    def processes(self) -> list[str]:
        """Command lines of all that runs in it, but for what the machine itself is."""
        script = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null && echo; done"
        lines = self.run("sh", "-c", script).splitlines()
        return [
            line for line in lines if line.strip() and not line.startswith(("sh ", "cat", "tr "))
        ]

    def written(self) -> list[str]:
        """Files that were changed or made outside of the folder and of /tmp."""
        within = ("nsenter", "--target", str(self._init.pid), "--mount")
        look = [
            *within,
            "find",
            self._base / "written",
            "-type",
            "f",
            "-size",
            "+0",
            "-printf",
            "%P\\n",
        ]
        return subprocess.run(look, capture_output=True, text=True, check=True).stdout.split()

    def stop(self) -> None:
        """Switch it off, whatever runs in it."""
        self._init.stdin.close()
        self._init.wait(900)
        self._init.stdout.close()

    @staticmethod
    def _variables() -> list[str]:
        # The Python of the tests is on the path as one that the user has installed would be.
        folders = f"{Path(_python()).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return [f"PATH={folders}", "HOME=/trial/home", "DISPLAY=:1", "LANG=C.UTF-8",
                "LIBGL_ALWAYS_SOFTWARE=1", "MESA_SHADER_CACHE_DIR=/shaders",
                "BLENDER_USER_RESOURCES=/trial/blender"]  # fmt: skip


def _python() -> str:
    """The Python that the tests' environment was made with."""
    name = "python{}.{}".format(*sys.version_info[:2])
    return str((Path(sys.base_prefix) / "bin" / name).resolve())


def _python_files() -> list[Path]:
    """Its program and library; Debian keeps the wheels of ensurepip apart."""
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    shared = Path(sysconfig.get_config_var("LIBDIR")) / str(sysconfig.get_config_var("LDLIBRARY"))
    found = [Path(_python()), library, Path("/usr/share/python-wheels")]
    if shared.suffix != ".a":
        found.append(shared.resolve())
    return [path for path in found if path.exists()]
