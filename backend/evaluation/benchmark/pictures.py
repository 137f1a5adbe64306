"""A folder of numbered pictures as a video that the reader takes, made once."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2

from ...disk import writing_to_home
from ...errors import OneTakeError
from ...home import home
from ...video import VideoWriter

_QUALITY = 12  # x264's rate factor: the pictures are JPEGs already, little more may be lost


def as_video(pictures: list[Path], fps: float, progress: Callable[[int, int], None]) -> Path:
    """An MP4 whose frame k shows pictures[k] at k / fps, kept in OneTake's home."""
    if not pictures:
        raise OneTakeError("no_pictures", "A sequence has no pictures.")
    digest = hashlib.sha256(f"{fps} {_QUALITY}".encode())
    for path in pictures:
        stat = path.stat()
        digest.update(f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode())
    folder = home() / "benchmark" / "datasets"
    video = folder / f"{pictures[0].parent.name}-{digest.hexdigest()[:16]}.mp4"
    if video.exists():
        return video
    with writing_to_home():
        folder.mkdir(parents=True, exist_ok=True)
        with VideoWriter(video, fps, quality=_QUALITY) as writer:
            for done, path in enumerate(pictures, 1):
                bgr = cv2.imread(str(path))
                if bgr is None:
                    raise OneTakeError("bad_picture", f"{path} is no picture that can be read.")
                writer.write(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
                progress(done, len(pictures))
    return video
