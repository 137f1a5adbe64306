"""A contact sheet of rendered pairs: reported landmarks in green, true joints in red.

    python -m backend.training.pairs.look ../shared/motion sheet.png --shard 0 --frames 40

The clips are rendered again from their seed; no shard is read.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from .clips import FRAMES, Clip, Frame, Studio
from .shards import CLIPS

COLUMNS = 8
ZOOM = 1.5


def picture(clip: Clip, index: int, frame: Frame) -> np.ndarray:
    """BGR: the crop with what was reported and what is true drawn over it."""
    cells = len(frame.crop)
    out = cv2.resize(frame.crop, None, fx=ZOOM, fy=ZOOM)[..., ::-1].copy()
    to_cells = cv2.invertAffineTransform(frame.region.to_picture(cells))
    joints = clip.camera.project(clip.joints)[index]
    for points, colour in ((frame.result.landmarks[:, :2], (0, 255, 0)), (joints, (0, 0, 255))):
        for x, y in (points @ to_cells[:, :2].T + to_cells[:, 2]) * ZOOM:
            cv2.circle(out, (int(np.clip(x, -9e3, 9e3)), int(np.clip(y, -9e3, 9e3))), 2, colour, -1)
    text = f"{frame.result.score:.2f} {'' if frame.seen else 'lost'} {clip.window.key[-18:]}"
    cv2.putText(out, text, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 2)
    cv2.putText(out, text, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--frames", type=int, default=40, help="one of each clip, from the first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("train", "val", "test"), default="train")
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="draw nothing over the pictures")
    arguments = parser.parse_args()
    studio = Studio.open(arguments.motion, arguments.split)
    tiles = []
    for clip_index in range(min(arguments.frames, CLIPS)):
        rng = studio.rng(arguments.seed, arguments.shard, clip_index)
        clip = studio.clip(rng)
        chosen = clip_index * 7 % FRAMES
        for index, frame in enumerate(studio.film(clip, rng)):
            if index == chosen:
                plain = cv2.resize(frame.crop[..., ::-1], None, fx=ZOOM, fy=ZOOM)
                tiles.append(plain if arguments.plain else picture(clip, index, frame))
                break
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(arguments.sheet), np.vstack(rows))


if __name__ == "__main__":
    main()
