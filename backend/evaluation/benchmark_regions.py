"""Whether a second pass helps: python -m backend.evaluation.benchmark_regions CLIPS.

The tracker looks for people in the region that the frame before gave. A second pass would know
better: here it looks in the region that each frame's own landmarks gave, smoothed in both
directions. For the sample and every clip in the folder CLIPS with joints beside it (CLIP.truth.npz)
the table shows how far regions and world landmarks move, and the errors of `onetake`, unsmoothed;
and the same for regions moved aside by a five-hundredth of their side, since batches over frames,
in regions that are guessed, would have to guess them better than that for the same take.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..body import load_body
from ..estimators.onetake import OneTakeEstimator
from ..home import home
from ..motion.body import Body
from ..motion.kinematics import forward_kinematics
from ..people import PersonDetector, PersonTrack, Region, find_people
from ..people.blazepose import BlazePose
from ..people.repair import repaired
from ..video import VideoInfo, frames, probe
from ..world import Camera
from . import metrics
from .benchmark import score
from .benchmark.clip import Clip, matching
from .benchmark.motion import Motion
from .benchmark.sources import sample, triangulated

SMOOTH = 1.0 / 30  # s, the Gaussian's deviation
ASIDE = 0.002  # of a region's side
COLUMNS = (score.PA, score.MPJPE, score.RELATIVE)


def passes(
    clip: Clip, info: VideoInfo, detector: PersonDetector
) -> Iterator[tuple[str, PersonTrack]]:
    """The person of the clip's truth as the tracker gives it, and after each further look."""
    with frames(info) as reader:
        tracks = find_people(reader, info, home() / "models", detector=detector)
    track = tracks[matching(clip.truths[0], tracks)]
    yield "one pass", track
    points = np.array([Region(*map(float, each)).points() for each in track.regions])
    own = np.concatenate([points[1:], points[-1:]])  # what follows from a frame's landmarks
    interval = float(np.median(np.diff(track.timestamps)))
    own = gaussian_filter1d(own, SMOOTH / interval, axis=0, mode="nearest")
    yield "a second pass", looked(track, own, info, detector)
    side = track.regions[:, 2, None, None]
    yield f"{100 * ASIDE:g} % aside", looked(track, points + (ASIDE, 0) * side, info, detector)


def looked(
    track: PersonTrack, points: np.ndarray, info: VideoInfo, detector: PersonDetector
) -> PersonTrack:
    """The track with what is seen in the regions of these points (T, 2, 2), see Region.between."""
    found = []
    with frames(info, track.frame_index[0], track.frame_index[-1] + 1, unit="frames") as reader:
        for frame, (centre, edge) in zip(reader, points, strict=True):
            region = Region.between(centre, edge)
            found += detector.landmarks(frame.rgb, [region], outlines=False)
    regions = [(r.region.x, r.region.y, r.region.side, r.region.angle) for r in found]
    return repaired(
        replace(
            track,
            landmarks=np.array([r.landmarks for r in found]),
            world_landmarks=np.array([r.world for r in found]),
            score=np.array([r.score for r in found], np.float32),
            regions=np.array(regions, np.float32),
        )
    )


def errors(track: PersonTrack, clip: Clip, info: VideoInfo, body: Body) -> dict[str, float]:
    """COLUMNS of what `onetake` makes of the track, in the camera's axes."""
    motion = OneTakeEstimator().estimate(
        track, Camera.of(info).K, body, progress=lambda *_: None, should_stop=lambda: False
    )
    joints, _ = forward_kinematics(motion.local, body.rest_joints(motion.betas), motion.trans)
    true = clip.truths[0].motion
    times = metrics.frame_times(true.timestamps, track.timestamps)
    found = Motion(track.timestamps, joints).resampled(times)
    return score.pool([score.joint_scores(found, true.resampled(times))])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    arguments = parser.parse_args()
    body, detector = load_body(), BlazePose(home() / "models")
    heads = ("clip", "look", "regions move, %", "world landmarks move, mm (most)", *COLUMNS)
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for clip in [sample(body), *triangulated(arguments.clips)]:
        info, first = probe(clip.video), None
        for name, track in passes(clip, info, detector):
            first = first or track
            moved = np.linalg.norm(track.regions[:, :2] - first.regions[:, :2], axis=1)
            world = np.linalg.norm(track.world_landmarks - first.world_landmarks, axis=-1)
            found = errors(track, clip, info, body)
            cells = (
                clip.name, name, f"{100 * (moved / first.regions[:, 2]).mean():.2f}",
                f"{1e3 * world.mean():.1f} ({1e3 * world.max():.0f})",
                *(f"{found[column]:.2f}" for column in COLUMNS),
            )  # fmt: skip
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
