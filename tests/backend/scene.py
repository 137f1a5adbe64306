"""Painted people and a detector that knows where they are: for tests of the tracker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.people import Detection, LandmarkResult, Region
from backend.people.blazepose_steps import FEATURES
from backend.video import Frame

WIDTH, HEIGHT, CELLS = 480, 270, 64
SIDE = 160.0  # px, of a person's region; the body is 0.7 of it high and 0.2 wide

# (33, 2) a standing body from the hips, in sides: head, shoulders, arms, hips, legs.
BODY = np.zeros((33, 2))
BODY[:11] = (0, -0.3)
BODY[[11, 12]] = (0.06, -0.2), (-0.06, -0.2)
BODY[[13, 14]] = (0.08, -0.1), (-0.08, -0.1)
BODY[15:23:2], BODY[16:23:2] = (0.09, 0), (-0.09, 0)
BODY[[23, 24]] = (0.04, 0), (-0.04, 0)
BODY[[25, 26]] = (0.04, 0.15), (-0.04, 0.15)
BODY[27::2], BODY[28::2] = (0.05, 0.32), (-0.05, 0.32)

PIXELS = np.ogrid[:HEIGHT, :WIDTH]
Place = tuple[float, float]


@dataclass
class Actor:
    """Somebody painted in three colours. path: frame -> hips' (x, y) px, None when absent."""

    path: Callable[[int], Place | None]
    head: tuple[int, int, int] = (90, 60, 40)
    shirt: tuple[int, int, int] = (200, 30, 30)
    legs: tuple[int, int, int] = (30, 30, 90)
    score: float = 0.999  # of the landmark network
    detected: float = 0.9  # of the detector
    tremble: float = 0.0  # of the side: how far landmarks jump
    lost: Sequence[int] = ()  # frames in which the landmark network does not see the person
    unseen: Sequence[int] = ()  # frames in which the detector does not


class Scene:
    """PersonDetector over painted frames; the first actor stands in front of the others.

    A result's image features are the actor's number and then the frame's index, both from 1.
    """

    def __init__(self, actors: Sequence[Actor], count: int, fps: float = 30.0) -> None:
        self.actors, self.count, self.fps = actors, count, fps
        self.runs = 0  # of the detector
        self.looks: list[tuple[int, bool]] = []  # for landmarks: frame, with an outline or without
        self._drawn = -1, np.zeros(0)
        self._random = np.random.default_rng(0)

    def frames(self):
        """The painted frames; pixel (0, 0) holds the index for the detector."""
        for index in range(self.count):
            rgb = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
            owner = self.owners(index)
            for number, actor in enumerate(self.actors):
                place = actor.path(index)
                if place is None:
                    continue
                y = np.arange(HEIGHT)[:, None] - place[1]
                bands = np.where(y < -0.2 * SIDE, 0, np.where(y < 0, 1, 2))
                colours = np.array([actor.head, actor.shirt, actor.legs], np.uint8)
                mine = owner == number
                rgb[mine] = np.broadcast_to(colours[bands], rgb.shape)[mine]
            rgb[0, 0] = index // 256, index % 256, 0
            yield Frame(index, index / self.fps, rgb)

    def owners(self, index: int) -> np.ndarray:
        """(H, W) number of the actor seen at each pixel, -1 for none."""
        if self._drawn[0] != index:
            owner = np.full((HEIGHT, WIDTH), -1)
            for number in reversed(range(len(self.actors))):
                place = self.actors[number].path(index)
                if place is not None:
                    x, y = PIXELS[1] - place[0], PIXELS[0] - place[1]
                    owner[(x / (0.1 * SIDE)) ** 2 + (y / (0.37 * SIDE)) ** 2 < 1] = number
            self._drawn = index, owner
        return self._drawn[1]

    def _visible(self, index: int) -> list[tuple[int, Actor, Place]]:
        """Who is not hidden behind somebody else."""
        seen: list[tuple[int, Actor, Place]] = []
        for number, actor in enumerate(self.actors):
            place = actor.path(index)
            if place and all(np.hypot(place[0] - p[0], place[1] - p[1]) > 16 for *_, p in seen):
                seen.append((number, actor, place))
        return seen

    @staticmethod
    def _index(rgb: np.ndarray) -> int:
        return int(rgb[0, 0, 0]) * 256 + int(rgb[0, 0, 1])

    def detect(self, rgb: np.ndarray, window: Region) -> list[Detection]:
        """See PersonDetector."""
        self.runs += 1
        index = self._index(rgb)
        return [
            Detection(actor.detected, Region(place[0] + 3, place[1] - 2, SIDE * 1.1, 0.05))
            for _, actor, place in self._visible(index)
            if index not in actor.unseen
            and abs(place[0] - window.x) < window.side / 2
            and abs(place[1] - window.y) < window.side / 2
        ]

    def landmarks(
        self, rgb: np.ndarray, regions: Sequence[Region], *, outlines: bool = True
    ) -> list[LandmarkResult]:
        """Whoever stands nearest to a region's centre."""
        index = self._index(rgb)
        self.looks += [(index, outlines) for _ in regions]
        return [self._result(index, region, outlines) for region in regions]

    def _result(self, index: int, region: Region, outline: bool) -> LandmarkResult:
        def distance(person: tuple[int, Actor, Place]) -> float:
            return float(np.hypot(person[2][0] - region.x, person[2][1] - region.y))

        near = min(self._visible(index), key=distance, default=None)
        if near is None or distance(near) > 0.45 * region.side or index in near[1].lost:
            empty = np.zeros((33, 3), np.float32)
            none = np.zeros((CELLS, CELLS), bool)
            return LandmarkResult(
                empty, empty, empty[:, 0], 0.01, region, region, none if outline else None
            )
        number, actor, place = near
        points = BODY * SIDE + place
        points = points + self._random.normal(0, 0.002 + actor.tremble, points.shape) * SIDE
        landmarks = np.column_stack([points, np.full(33, 0.95)]).astype(np.float32)
        world = np.column_stack([BODY * 2.2, np.zeros(33)]).astype(np.float32)
        owners = self.owners(index)
        cells = region.to_picture(CELLS)
        row, column = np.mgrid[:CELLS, :CELLS] + 0.5
        x = (cells[0, 0] * column + cells[0, 1] * row + cells[0, 2]).astype(int)
        y = (cells[1, 0] * column + cells[1, 1] * row + cells[1, 2]).astype(int)
        inside = (x >= 0) & (x < WIDTH) & (y >= 0) & (y < HEIGHT)
        mask = inside & (owners[y.clip(0, HEIGHT - 1), x.clip(0, WIDTH - 1)] == number)
        hips = points[[23, 24]].mean(0)
        features = np.full(FEATURES, index + 1, np.float32)
        features[0] = number + 1
        return LandmarkResult(
            landmarks=landmarks,
            world=world,
            presence=np.ones(33, np.float32),
            score=actor.score,
            region=region,
            following=Region(float(hips[0]), float(hips[1]), SIDE, 0.0),
            mask=mask if outline else None,
            features=features,
        )
