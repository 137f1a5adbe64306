"""Which videos to convert, and where the results of each go."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath

from ..errors import OneTakeError

SUFFIXES = {
    ".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts",
    ".mxf", ".ogv", ".webm", ".wmv",
}  # fmt: skip
OURS = (".preview.mp4", ".proxy.mp4")  # endings of the videos that a conversion writes


@dataclass(frozen=True)
class Clip:
    """name: the video's for people, its path below the folder that was given. folder: for its
    results, which are called after the video."""

    video: Path
    name: str
    folder: Path

    @property
    def size(self) -> int:
        """Bytes of the video, 0 where there is none."""
        try:
            return self.video.stat().st_size
        except (OSError, ValueError):
            return 0


def base_name(stem: str) -> str:
    """What two videos' results in one folder must not share, from a video's stem."""
    # Two people of clip.mp4 are clip and clip.person2; some file systems see no capitals.
    return re.sub(r"(\.person\d+)+$", "", stem).casefold()


def find_clips(given: Sequence[Path], output: Path, patterns: Sequence[str] = ()) -> list[Clip]:
    """The videos given, and those in the folders given and below, by name.

    The tree below a folder is mirrored under `output`; videos given by name come right into it,
    unless two of them would have the same results. patterns: of names ("*.mov") or paths below the
    folder ("day2/*"), small letters as capitals; without one, what is a video by its ending.

    Raises OneTakeError: no_videos, same_name.
    """
    folders = [path for path in given if os.path.isdir(path)]
    root = _common(folders)
    found: dict[Path, PurePath] = {}  # video -> path below the output folder
    for path in given:
        if path not in folders:
            found.setdefault(Path(os.path.abspath(path)), PurePath(path.name))
            continue
        for video in map(os.path.abspath, _videos_in(path, patterns)):
            found.setdefault(Path(video), PurePath(os.path.relpath(video, root)))
    if not found:
        wanted = ", ".join(patterns) or "a video by its ending"
        places = ", ".join(map(str, folders))
        raise OneTakeError(
            "no_videos", f"Nothing in {places} is {wanted}; choose with --match, as in '*.mov'."
        )
    clips = [
        Clip(video, place.as_posix(), output / place.parent / own)
        for video, (place, own) in _apart(found).items()
    ]
    clips.sort(key=lambda clip: clip.name.casefold())
    _refuse_overwriting(clips)
    return clips


def _common(folders: Iterable[Path]) -> str:
    """The folder that holds them all; the one itself where it is one."""
    try:
        return os.path.commonpath([os.path.abspath(folder) for folder in folders] or [os.curdir])
    except ValueError as error:
        raise OneTakeError(
            "usage", "The folders lie on different drives; convert them one at a time."
        ) from error


def _videos_in(folder: Path, patterns: Sequence[str]) -> Iterator[Path]:
    for here, below, names in os.walk(folder):
        # Hidden: caches, bins, and the shadows that macOS leaves on foreign disks.
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith(".") or name.casefold().endswith(OURS):
                continue
            if _matches(path.relative_to(folder), patterns):
                yield path


def _matches(path: PurePath, patterns: Sequence[str]) -> bool:
    if not patterns:
        return path.suffix.casefold() in SUFFIXES
    texts = path.name.casefold(), path.as_posix().casefold()
    return any(fnmatch(text, pattern.casefold()) for pattern in patterns for text in texts)


def _apart(found: dict[Path, PurePath]) -> dict[Path, tuple[PurePath, str]]:
    """Where each video's results go so that no two have the same: its place in the tree, and a
    folder of its own in there where it needs one, else ""."""

    def crowded(places: dict[Path, PurePath]) -> set[Path]:
        names = {
            video: (place.parent.as_posix().casefold(), base_name(place.stem))
            for video, place in places.items()
        }
        counts = Counter(names.values())
        return {video for video, name in names.items() if counts[name] > 1}

    # Of videos given by name: their folders tell them apart ...
    named = [video for video in crowded(found) if found[video] == PurePath(video.name)]
    parents = {video.parent for video in named}
    if len(parents) > 1:
        root = _common(parents)
        found = found | {video: PurePath(os.path.relpath(video, root)) for video in named}
    # ... and those of one folder, jump.mov and jump.mp4, get one each.
    close = crowded(found)
    return {video: (place, place.name if video in close else "") for video, place in found.items()}


def _refuse_overwriting(clips: Sequence[Clip]) -> None:
    """OneTakeError where a result would overwrite a video that is to be converted."""
    videos = {os.path.realpath(clip.video) for clip in clips}
    for clip in clips:
        for ending in OURS:
            result = clip.folder / (clip.video.stem + ending)
            if os.path.realpath(result) in videos:
                raise OneTakeError(
                    "same_name",
                    f"Converting {clip.video} would overwrite {result}, which is to be converted "
                    "too; leave it out or choose another folder with --output.",
                )
