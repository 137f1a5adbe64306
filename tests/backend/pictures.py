"""Small videos of every awkward kind, whose frames can be told apart after coding."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT = 96, 64
QUADRANTS = np.array([[(200, 40, 40), (40, 180, 40)], [(40, 40, 200), (190, 190, 60)]], np.uint8)


def picture(index: int = 0, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Red, green over blue, yellow; a grey level in the middle counts frames."""
    image = np.zeros((height, width, 3), np.uint8)
    for row, half in enumerate((slice(0, height // 2), slice(height // 2, None))):
        image[half, : width // 2] = QUADRANTS[row, 0]
        image[half, width // 2 :] = QUADRANTS[row, 1]
    image[height // 4 : -height // 4, width // 4 : -width // 4] = 30 + 4 * index
    return image


def counted(rgb: np.ndarray) -> int:
    """The index that `picture` wrote."""
    height, width = rgb.shape[:2]
    middle = rgb[height * 3 // 8 : height * 5 // 8, width * 3 // 8 : width * 5 // 8]
    return round((float(middle.mean()) - 29) / 4)  # 29: ten bits are cut down, not rounded


def quadrants(rgb: np.ndarray) -> np.ndarray:
    """(2, 2, 3) colours near the corners."""
    height, width = rgb.shape[:2]
    rows, columns = (height // 8, height - height // 8), (width // 8, width - width // 8)
    return np.array([[rgb[y, x] for x in columns] for y in rows]).astype(int)


def encode(
    path: Path,
    pictures: list[np.ndarray],
    times: list[int] | None = None,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    matrix: list[float] | None = None,
    metadata: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    container: str | None = None,
    **options: str,
) -> Path:
    """Write pictures (stored as they are) at `times` in milliseconds."""
    times = times or [40 * k for k in range(len(pictures))]
    flags = {"movflags": "use_metadata_tags+faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", format=container, options=flags) as out:
        out.metadata.update(metadata or {})
        if codec == "libx264":
            options = {"crf": "8", **options}  # so that the grey levels can be counted
        stream = out.add_stream(codec, rate=25, options=options)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, 1000)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if matrix:
            stream.set_display_matrix(matrix)
        for image, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def sound(path: Path) -> Path:
    """Half a second of silence at `path`, without a picture."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        for _ in range(20):
            silence = np.zeros((1, 1024), np.float32)
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.rate = 44100
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
