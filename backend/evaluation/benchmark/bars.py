"""What the estimators are to reach."""

from ..report import Bar
from . import score
from .rows import RAW, SMOOTHED

RENDERED, POSE2SIM, CLIPS = "rendered", "pose2sim", "clips"  # the sources that have bars
IOU = "IoU"

_ACCEL = 0.8  # after smoothing, of the truth's own acceleration; 1 is a frozen pose
BARS: dict[tuple[str, str], dict[str, Bar]] = {
    (RENDERED, RAW): {score.RELATIVE: Bar("≤", 2 * _ACCEL)},
    (RENDERED, SMOOTHED): {
        score.PA: Bar("≤", 58),
        score.MPJPE: Bar("≤", 82),
        score.RELATIVE: Bar("≤", _ACCEL),
        score.LIMBS: Bar("≤", 12),
        score.ANGLES: Bar("≤", 11),
        score.SLOPE: Bar("in", (0.92, 1.05)),
        score.R: Bar("≥", 0.88),
        score.RTE: Bar("≤", 8),
        score.SKATE: Bar("≤", 5),
        score.GRAVITY: Bar("≤", 5),
        score.FLOOR: Bar("≤", 20),
    },
    (POSE2SIM, SMOOTHED): {
        score.PA: Bar("≤", 70),
        score.MPJPE: Bar("≤", 98),
        score.RELATIVE: Bar("≤", 1.0),
        score.LIMBS: Bar("≤", 14),
    },
    # Of a clip of one person: where several overlap, their silhouettes hide each other's.
    (CLIPS, SMOOTHED): {IOU: Bar("≥", 0.7)},
}


def bars_of(source: str, smoothed: bool) -> dict[str, Bar]:
    """Of an estimator's row, by column."""
    return BARS.get((source, SMOOTHED if smoothed else RAW), {})
