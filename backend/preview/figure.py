"""One person of a preview: posed in small batches, drawn over a picture."""

import cv2
import numpy as np

from ..motion.body import Body
from ..motion.skeleton import JOINTS, PARENTS
from ..motion.take import Take
from .raster import project, render_shade

# Body tints (R, G, B), one person after another; and the sides of the skeleton, so that swapped
# legs are seen at a glance.
TINTS = ((90, 170, 255), (255, 150, 70), (120, 220, 110), (230, 120, 220), (240, 215, 80))
LEFT, RIGHT, MIDDLE = (255, 170, 40), (60, 220, 255), (255, 255, 255)
CLEAR, FILLED = 1.0, 0.35  # opacity of the body where it was seen, and where it is filled in
FAINT = 0.4  # opacity of a bone that is not sure
SURE = 0.5  # confidence from which a bone is drawn in full
_BATCH = 32  # frames posed at a time


class Figure:
    """A take on a (decimated) body; frames are asked for by time, in rising order."""

    def __init__(self, take: Take, body: Body) -> None:
        self.take = take
        self.tint = TINTS[(take.person_id - 1) % len(TINTS)]
        # 0 stays black, for the table is looked up everywhere and used where the mesh is.
        self._table = np.round(np.arange(256)[:, None] / 255 * np.array(self.tint)).astype(np.uint8)
        self._body = body
        self._batch: tuple[int, np.ndarray] = (0, np.empty((0, 0, 3)))

    def frame_at(self, timestamp: float, tolerance: float) -> int | None:
        """Index of the take's frame at a time in s, or None when the person is not there."""
        times = self.take.timestamps
        index = int(np.argmin(np.abs(times - timestamp)))
        return index if abs(times[index] - timestamp) <= tolerance else None

    def vertices(self, index: int) -> np.ndarray:
        """(V, 3) in the world, metres."""
        start, batch = self._batch
        if not start <= index < start + len(batch):
            start, part = index, slice(index, index + _BATCH)
            batch = self._body.skin(self.take.poses[part], self.take.betas, self.take.trans[part])
            self._batch = start, batch
        return batch[index - start]

    def camera(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Rotation (3, 3) and translation (3,) from the world to the camera."""
        R, t = self.take.camera_R, self.take.camera_t
        return (R[index] if R.ndim == 3 else R), (t[index] if t.ndim == 2 else t)

    def draw(
        self,
        image: np.ndarray,
        index: int,
        R: np.ndarray,
        t: np.ndarray,
        K: np.ndarray,
        body: float,
    ) -> None:
        """Draw body and skeleton of a frame into an RGB image seen by the camera R, t, K.

        body: 0..1, opacity of a body that was seen; where it is filled in it is fainter.
        """
        confidence = self.take.confidence[index]
        vertices = self.vertices(index) @ R.T + t
        shade, part = render_shade(vertices, self._body.quads, K, image.shape[:2])
        under, shade = image[part], shade[part]
        if shade.size:
            opacity = body * (FILLED + (CLEAR - FILLED) * float(confidence.mean()))
            over = cv2.addWeighted(under, 1 - opacity, self._table[shade], opacity, 0)
            cv2.copyTo(over, shade, under)
        xy = project(self.take.joints[index] @ R.T + t, K)
        _draw_bones(image, xy, confidence)


def _draw_bones(image: np.ndarray, xy: np.ndarray, confidence: np.ndarray) -> None:
    drawn = np.isfinite(xy).all(axis=1) & (np.abs(xy) < 1e4).all(axis=1)
    bones = [(j, p) for j, p in enumerate(PARENTS) if p >= 0 and drawn[j] and drawn[p]]
    sure = [min(confidence[j], confidence[p]) >= SURE for j, p in bones]
    if not all(sure):
        faint = image.copy()
        for bone in (bone for bone, seen in zip(bones, sure, strict=True) if not seen):
            _draw_bone(faint, xy, *bone)
        cv2.addWeighted(image, 1 - FAINT, faint, FAINT, 0, dst=image)
    for bone in (bone for bone, seen in zip(bones, sure, strict=True) if seen):
        _draw_bone(image, xy, *bone)


def _draw_bone(image: np.ndarray, xy: np.ndarray, joint: int, parent: int) -> None:
    side = JOINTS[joint].split("_")[0]
    colour = {"left": LEFT, "right": RIGHT}.get(side, MIDDLE)
    width = max(1, round(min(image.shape[:2]) / 360))
    # Sixteenths of a pixel, and OpenCV's 0 is the middle of the first pixel.
    start, end = np.round((xy[[parent, joint]] - 0.5) * 16).astype(int).tolist()
    cv2.line(image, start, end, colour, width, cv2.LINE_AA, 4)
    cv2.circle(image, end, 20 * width, colour, -1, cv2.LINE_AA, 4)
