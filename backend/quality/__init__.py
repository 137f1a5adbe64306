"""What a converted clip is worth: figures, a verdict with reasons, and a picture of it all."""

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from ..motion.body import Body
from ..motion.take import Take
from ..video import VideoInfo
from .figures import Clip, clip_figures
from .sheet import COUNT, STILL, draw_sheet, strip
from .stills import Still, stills
from .verdict import judge

STRIP = 150  # px, height of the stills in a page of many clips
_JPEG_QUALITY = 82
_CURVES = ("times", "sure", "shaking", "standing")


@dataclass(frozen=True)
class Quality:
    """A clip's figures and stills. grade: good, check or redo; reasons: sentences."""

    clip: Clip
    grade: str
    reasons: list[str]
    pictures: list[Still]

    def save_sheet(self, name: str, path: Path) -> None:
        """Write the sheet of the clip called `name` as a PNG."""
        sheet = draw_sheet(name, self.clip, (self.grade, self.reasons), self.pictures)
        path.write_bytes(_encoded(".png", sheet))

    def to_dict(self) -> dict:
        """Everything for JSON but the curves; `strip` is a JPEG of the stills in base64."""
        figures = asdict(self.clip)
        for person in figures["people"]:
            for curve in _CURVES:
                del person[curve]
        picture = _encoded(".jpg", strip(self.pictures, STRIP))
        return {
            "verdict": self.grade,
            "warnings": self.reasons,
            **figures,
            "strip": base64.b64encode(picture).decode(),
        }


def quality_of(
    takes: Sequence[Take],
    smoothed: Sequence[Take],
    body: Body,
    info: VideoInfo,
    *,
    start: float | None = None,
    end: float | None = None,
    problem: str | None = None,
) -> Quality:
    """Judge a conversion. smoothed: the takes as the scene shows them; start and end: s of the
    video that was converted; problem: a sentence about what is missing from it."""
    first = start or 0.0
    seconds = max(0.0, min(info.duration, np.inf if end is None else end) - first)
    frames = max(1, min(info.frame_count, round(seconds * info.fps)))
    clip = clip_figures(takes, smoothed, frames=frames, seconds=seconds, start=first)
    grade, reasons = judge(clip, problem)
    return Quality(clip, grade, reasons, stills(smoothed, body, info, COUNT, STILL))


def _encoded(kind: str, rgb: np.ndarray) -> bytes:
    # Not imwrite: on Windows it knows no names but plain ones.
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if kind == ".jpg" else []
    done, data = cv2.imencode(kind, rgb[..., ::-1], options)
    assert done
    return data.tobytes()
