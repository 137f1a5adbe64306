"""Results that appear under their final names all together, or not at all."""

import hashlib
import os
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from .disk import writing_to
from .errors import OneTakeError


class Outputs:
    """The files of one video in one folder, written under hidden names; a context manager.

    On success every file gets its name. On any exception none does: what was there stays, and
    nothing is added to it. An OSError in the block becomes a OneTakeError about the folder.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder = folder
        # Whatever carries this mark belongs to this video, also when a writer puts more around
        # it for a temporary name of its own: what a killed run left is found by it.
        self._mark = f".onetake-{hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]}-"
        self._staged: dict[Path, Path] = {}  # hidden -> final
        self._stale: list[Path] = []
        self._made: list[Path] = []  # folders, the outermost first

    def __enter__(self) -> "Outputs":
        try:
            with self._writing():
                self._make_folder()
                self._sweep()
                # That nothing can be written is better found now than after an hour's work.
                probe = self._hidden("probe")
                probe.write_bytes(b"")
                probe.unlink()
        except BaseException:
            self._clean_up(keep_folder=False)
            raise
        return self

    def file(self, name: str) -> Path:
        """The hidden path to write `name` to; its suffix stays, programs go by it."""
        final = self.folder / name
        if final.is_dir():
            raise OneTakeError(
                "in_the_way",
                f"{final} is a folder and in the way of a result; rename it or choose another "
                "folder with --output.",
            )
        hidden = self._hidden(name)
        self._staged[hidden] = final
        return hidden

    def names(self) -> list[str]:
        """Of the results so far."""
        return [final.name for final in self._staged.values()]

    def remove(self, path: Path) -> None:
        """Delete an earlier result that this one replaces, once this one is complete."""
        self._stale.append(path)

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OneTakeError):
            error.message = error.message.replace(self._mark, "")  # nobody knows these names
        published = False
        try:
            with self._writing():
                if isinstance(error, OSError):
                    raise error
                if error is None:
                    self._publish()
                    published = True
        finally:
            self._clean_up(keep_folder=published)

    def _publish(self) -> None:
        """Give every file its name; where one cannot have it, all goes back to where it was."""
        done: list[tuple[Path, Path]] = []  # from, to; noted first, an interrupt may come between

        def move(source: Path, target: Path) -> None:
            done.append((source, target))
            source.replace(target)

        try:
            for final in [*self._stale, *self._staged.values()]:
                if final.exists():
                    move(final, self._hidden(f"old-{final.name}"))
            for hidden, final in self._staged.items():
                move(hidden, final)
        except BaseException:
            for source, target in reversed(done):
                with suppress(FileNotFoundError):
                    target.replace(source)
            raise

    def _hidden(self, name: str) -> Path:
        return self.folder / (self._mark + name)

    def _writing(self) -> AbstractContextManager[None]:
        return writing_to(self.folder, "choose another folder with --output")

    def _make_folder(self) -> None:
        self._made = [p for p in (*reversed(self.folder.parents), self.folder) if not p.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)

    def _sweep(self) -> None:
        for path in self.folder.iterdir():
            if self._mark in path.name:
                with suppress(OSError):  # in use, on Windows: the next run's
                    path.unlink()

    def _clean_up(self, keep_folder: bool) -> None:
        with suppress(OSError):  # the folder itself is gone
            self._sweep()
        if not keep_folder:
            for folder in reversed(self._made):
                with suppress(OSError):  # it never came to be, or somebody else uses it
                    folder.rmdir()
