"""Make our body and write it as one npz in SMPL's array layout."""

from pathlib import Path

import numpy as np

from ..motion.npz import save_npz
from ..motion.skeleton import PARENTS
from .regions import REGIONS, hair_volume, label, soles
from .regressors import joint_regressor, landmark_regressor
from .rest import rest_joints
from .shapes import BETA_NAMES, Figure, average, shape_space, standardised
from .skin import skin


def body_arrays() -> dict[str, np.ndarray]:
    """The arrays of the npz; metres, y up, facing +z, left = +x."""
    surface = skin()
    sculpture, rest, weights = average()
    mean, shapedirs, joint_dirs = shape_space()
    region = label(surface, mean.vertices, weights)
    vertices = mean.vertices + hair_volume(surface, mean.vertices, region)
    rows = joint_regressor(surface, vertices, shapedirs, mean.joints, joint_dirs, weights)
    shapedirs = standardised(Figure(vertices, rows @ vertices), shapedirs, rows)
    shift = mean.joints[0] - rest_joints(rest.after)[0]
    landmarks = landmark_regressor(surface, vertices, rows, sculpture, rest, shift)
    quads = surface.quads
    single = {
        "v_template": vertices, "shapedirs": shapedirs, "J_regressor": rows,
        "weights": weights, "landmark_regressor": landmarks, "uv": surface.uv,
    }  # fmt: skip
    whole = {
        "quads": quads, "quads_uv": surface.quads_uv,
        "f": quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3),
        "kintree_table": np.stack([PARENTS, np.arange(24)]), **soles(vertices),
    }  # fmt: skip
    return {
        "name": np.array("onetake"),
        "beta_names": np.array(BETA_NAMES),
        "region": region,
        "region_names": np.array(REGIONS),
        **{key: array.astype(np.float32) for key, array in single.items()},
        **{key: array.astype(np.int32) for key, array in whole.items()},
    }


def make_body(path: Path) -> None:
    """Write the body to path; nothing half-written is ever left under that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_npz(path, body_arrays())
