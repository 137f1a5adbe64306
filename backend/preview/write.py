"""Writing the preview: every frame of the video with the people drawn in."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from ..motion.body import Body
from ..motion.take import Take
from ..video import VideoInfo, VideoWriter, frames
from .figure import Figure
from .mesh import decimate
from .side_view import SideView

SHORT_SIDE = 720  # pixels: enough to judge a pose, quick to draw and to encode
SIDE_PANEL = 0.6  # width of the second view over its height
OVER_VIDEO = 0.62  # opacity of the body over the person


def write_preview(
    takes: Sequence[Take],
    body: Body,
    info: VideoInfo,
    path: str | Path,
    *,
    start: float | None = None,
    end: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Write an MP4 at `path`: the video with its true times, and beside it a view from the side.

    takes: everyone in the clip, already smoothed if that is to be seen; all on `body`. start and
    end in s, of the video. progress is told frames done and frames in all. Returns False, leaving
    no file, when should_stop said so. Raises OneTakeError as `video.frames` does.
    """
    scale = min(1.0, SHORT_SIDE / min(info.width, info.height))
    # Even sizes: the codec halves the colours.
    width, height = (max(2, round(side * scale / 2) * 2) for side in (info.width, info.height))
    light = decimate(body)
    figures = [Figure(take, light) for take in takes]
    side = SideView(takes, (height, round(height * SIDE_PANEL / 2) * 2)) if takes else None
    tolerance = 0.5 / info.fps
    span = min(info.duration, np.inf if end is None else end) - (start or 0.0)
    total = min(info.frame_count, round(span * info.fps))
    first = None
    writer = VideoWriter(path, info.fps)
    try:
        with frames(info, start, end) as reader:
            for done, frame in enumerate(reader, 1):
                if should_stop():
                    writer.discard()
                    return False
                picture = cv2.resize(frame.rgb, (width, height), interpolation=cv2.INTER_AREA)
                present = [
                    (figure, index)
                    for figure in figures
                    if (index := figure.frame_at(frame.timestamp, tolerance)) is not None
                ]
                draw_over(
                    picture, present, np.diag([width / info.width, height / info.height, 1.0])
                )
                if side is not None:
                    panel = side.draw(frame.timestamp, present)
                    picture = np.concatenate([picture, panel], axis=1)
                first = frame.timestamp if first is None else first
                writer.write(picture, frame.timestamp - first)
                progress(done, max(done, total))
        writer.close()
    except BaseException:
        writer.discard()
        raise
    return True


def draw_over(picture: np.ndarray, present: Sequence[tuple[Figure, int]], view: np.ndarray) -> None:
    """Draw each figure, at its frame, through its take's own camera, the nearest last.

    picture: RGB. view (3, 3): from pixels of the video to those of the picture.
    """
    views = [(figure, index, *figure.camera(index)) for figure, index in present]
    for figure, index, R, t in sorted(
        views, key=lambda each: -(each[2][2] @ each[0].take.trans[each[1]] + each[3][2])
    ):
        figure.draw(picture, index, R, t, view @ figure.take.camera_K, OVER_VIDEO)
