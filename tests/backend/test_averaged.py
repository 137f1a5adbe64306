"""Several looks at one person: mirrored ones come back to the picture, the median is robust."""

import numpy as np

from backend.motion.skeleton import LANDMARK_MIRROR
from backend.people.averaged import VARIANTS, AveragedDetector, half_cell
from backend.people.detector import LandmarkResult, Region

WIDTH, HEIGHT = 200, 120


class Noisy:
    """Knows where everything is, and errs a little differently at every look."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.points = np.column_stack([rng.uniform(20, 180, (33, 1)), rng.uniform(10, 110, (33, 1)),
                                       rng.uniform(0.5, 1, (33, 1))])  # fmt: skip
        self.world = rng.normal(size=(33, 3)) * 0.4
        self.looks: list[tuple[bool, Region]] = []
        self.outlined: list[bool] = []

    def landmarks(self, rgb, regions, *, outlines=True):
        mirrored = bool(rgb[0, 0, 0])  # the picture's right edge is white
        found = []
        for region in regions:
            self.outlined.append(outlines)
            self.looks.append((mirrored, region))
            rng = np.random.default_rng(len(self.looks))
            points, world = self.points.copy(), self.world.copy()
            if mirrored:
                points, world = points[LANDMARK_MIRROR], world[LANDMARK_MIRROR] * [-1, 1, 1]
                points[:, 0] = WIDTH - points[:, 0]
            points[:, :2] += rng.normal(size=(33, 2)) + half_cell(region)
            if len(self.looks) == 2:
                points[:, :2] += 80  # one look sees nonsense
            found.append(LandmarkResult(
                points.astype("f4"), world.astype("f4"), np.ones(33, "f4"), 0.9, region,
                Region(1.0, 2.0, 3.0, 0.1 * len(self.looks)), np.ones((4, 4), bool),
            ))  # fmt: skip
        return found


def test_the_median_of_six_looks():
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:, -1] = 255
    inner = Noisy()
    region = Region(60.0, 50.0, 80.0, 0.2)
    (result,) = AveragedDetector(inner).landmarks(picture, [region])
    assert len(inner.looks) == len(VARIANTS)
    assert inner.outlined == [True] + [False] * 5, "only the first look's outline is kept"
    off = np.linalg.norm(result.landmarks[:, :2] - half_cell(region) - inner.points[:, :2], axis=-1)
    assert off.mean() < 0.8  # one look errs by 1.25 on average, the nonsense does not count
    assert np.abs(result.world - inner.world).max() < 1e-5
    assert result.region == region and result.following.angle == 0.1
    for mirrored, seen in inner.looks:
        assert abs(seen.x - (WIDTH - 60.0 if mirrored else 60.0)) < 1e-9
        assert abs(seen.side / 80.0 - 1) < 0.11


def test_each_person_has_their_own_looks():
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:, -1] = 255
    inner = Noisy()
    regions = [Region(60.0, 50.0, 80.0, 0.2), Region(140.0, 60.0, 40.0, 0.0)]
    detector = AveragedDetector(inner)
    results = detector.landmarks(picture, regions)
    assert [result.region for result in results] == regions
    assert detector.landmarks(picture, []) == []
