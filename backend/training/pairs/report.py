"""How BlazePose does on rendered pairs.

    python -m backend.training.pairs.report OUT

Errors are those of its world landmarks on twelve joints, mm, of frames whose person was found.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from ...body import load_body
from ...evaluation.metrics import mpjpe, pa_mpjpe
from ...motion.kinematics import forward_kinematics
from ...motion.skeleton import JOINTS, LANDMARK, LIMB_JOINTS
from .shards import read_shards, shard_files

NAMES = [JOINTS[joint] for joint in LIMB_JOINTS]


def measured(pairs: dict[str, np.ndarray]) -> dict[str, float]:
    """Shares, mean score, and mean errors: mm in 3D, per mille of the region's side in 2D."""
    body = load_body()
    starts = pairs["start"]
    true = []
    for clip, (a, b) in enumerate(pairwise(starts)):
        rest = body.rest_joints(pairs["betas"][clip])
        true.append(
            forward_kinematics(pairs["poses"][a:b].astype(float), rest, pairs["trans"][a:b])[0]
        )
    joints = np.concatenate(true)
    reported = np.zeros_like(joints)
    indices = [LANDMARK[name] for name in NAMES]
    reported[:, list(LIMB_JOINTS)] = pairs["world"][:, indices]
    seen = pairs["seen"]
    rays = joints[:, list(LIMB_JOINTS), :2] / joints[:, list(LIMB_JOINTS), 2:]
    places = (rays - pairs["region"][:, None, :2]) / pairs["region"][:, None, 2:3]
    miss = np.linalg.norm(places - pairs["landmarks"][:, indices].astype(float), axis=-1)
    return {
        "frames": len(seen),
        "clips": len(starts) - 1,
        "seen": float(seen.mean()),
        "score": float(pairs["score"].astype(float).mean()),
        "visibility": float(pairs["visibility"][:, indices].mean() / 255),
        "contact": float(pairs["contacts"].mean()),
        "mpjpe_mm": float(mpjpe(reported[seen], joints[seen]).mean()),
        "pa_mpjpe_mm": float(pa_mpjpe(reported[seen], joints[seen]).mean()),
        "pa_mpjpe_median_mm": float(np.median(pa_mpjpe(reported[seen], joints[seen]).mean(1))),
        "landmark_miss_per_mille": float(1000 * np.median(miss[seen])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of shards")
    parser.add_argument("--shards", type=int, help="read only so many")
    arguments = parser.parse_args()
    pairs = read_shards(arguments.out, arguments.shards)
    files = shard_files(arguments.out)[: arguments.shards]
    for name, value in measured(pairs).items():
        print(f"{name:24s} {value:.4g}")
    size = sum(path.stat().st_size for path in files)
    print(f"{'bytes_per_frame':24s} {size / len(pairs['seen']):.4g}")


if __name__ == "__main__":
    main()
