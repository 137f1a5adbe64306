"""The body that is made from MakeHuman's data: its arrays keep what DESIGN promises of them."""

import numpy as np
import pytest

from backend import body as body_package
from backend.body.make import make_body
from backend.body.regions import REGIONS
from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.skeleton import (
    JOINT,
    LANDMARK,
    LANDMARKS,
    LIMB_JOINTS,
    MIRROR,
    PARENTS,
    REST,
)

DIRECTIONS = REST[1:] - REST[PARENTS[1:]]
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=1, keepdims=True)
OUTWARDS = np.array([-1.0, 1.0, 1.0])  # mirrors x


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "body.npz"
    make_body(path)
    return path


@pytest.fixture(scope="module")
def body(path):
    return Body.load(path)


def one_beta(index: int, value: float) -> np.ndarray:
    return value * np.eye(10)[index]


def angles(joints: np.ndarray) -> np.ndarray:
    """Degrees between the 23 bones and REST's."""
    bones = joints[1:] - joints[PARENTS[1:]]
    bones /= np.linalg.norm(bones, axis=1, keepdims=True)
    return np.degrees(np.arccos(np.clip(np.sum(bones * DIRECTIONS, axis=1), -1, 1)))


def stature(vertices: np.ndarray) -> float:
    return float(np.ptp(vertices[:, 1]))


def test_arrays_have_smpls_layout(body):
    count = len(body.v_template)
    assert 10_000 < count < 14_000
    assert body.name == "onetake" and len(body.beta_names) == 10
    assert body.shapedirs.shape == (count, 3, 10)
    assert body.J_regressor.shape == (24, count) and body.weights.shape == (count, 24)
    assert body.posedirs is None
    assert body.v_template.dtype == body.weights.dtype == np.float32
    assert set(body.quads.ravel()) == set(range(count)), "a vertex is on no face"


def test_file_is_small_and_nothing_else_is_left(path):
    assert path.stat().st_size < 6e6
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_making_it_again_gives_the_same_arrays(path, tmp_path):
    again = tmp_path / "again.npz"
    make_body(again)
    with np.load(path) as first, np.load(again) as second:
        assert first.files == second.files
        for key in first.files:
            np.testing.assert_array_equal(first[key], second[key], err_msg=key)


def test_an_adult_stands_with_rests_pelvis(body):
    assert stature(body.v_template) == pytest.approx(1.72, abs=0.015)
    np.testing.assert_allclose(body.rest_joints(np.zeros(10))[0], REST[0], atol=1e-3)


def test_every_bone_has_rests_direction(body):
    assert angles(body.rest_joints(np.zeros(10))).max() < 0.1


@pytest.mark.parametrize("beta", range(10))
@pytest.mark.parametrize("value", [-2.0, 2.0])
def test_shapes_keep_the_directions(body, beta, value):
    found = angles(body.rest_joints(one_beta(beta, value)))
    limbs = [joint - 1 for joint in LIMB_JOINTS if PARENTS[joint] in LIMB_JOINTS]
    assert found[limbs].max() < 2.0, "thighs, shins, upper and lower arms"
    assert found.max() < 3.5, "the shortest bone, spine3, is 3 cm long"


def test_first_beta_is_stature_and_the_others_keep_it(body):
    base = body.rest_vertices(np.zeros(10))
    taller = body.rest_vertices(one_beta(0, 1.0))
    assert stature(taller) - stature(base) == pytest.approx(0.075, abs=0.002)
    scale = stature(taller) / stature(base)
    np.testing.assert_allclose(taller - REST[0], scale * (base - REST[0]), atol=1e-3)
    for beta in range(1, 10):
        for value in (-2.0, 2.0):
            found = stature(body.rest_vertices(one_beta(beta, value)))
            assert abs(found - stature(base)) < 0.005, body.beta_names[beta]


def test_shapes_do_what_their_names_say(body):
    def measures(beta: str, value: float) -> dict[str, float]:
        betas = one_beta(body.beta_names.index(beta), value)
        joints, vertices = body.rest_joints(betas), body.rest_vertices(betas)
        a, b, c = (vertices[body.f[:, corner]] for corner in range(3))

        def length(*names: str) -> float:
            chain = joints[[JOINT[name] for name in names]]
            return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())

        return {
            "weight": 1000 * float(np.sum(np.cross(a, b) * c)) / 6,
            "leg_length": length("left_hip", "left_knee", "left_ankle"),
            "arm_length": length("left_shoulder", "left_elbow", "left_wrist"),
            "shoulder_width": length("left_shoulder", "right_shoulder"),
            "torso_length": joints[JOINT["neck"], 1] - joints[JOINT["pelvis"], 1],
            "hands_and_feet": length("left_wrist", "left_hand") + length("left_ankle", "left_foot"),
        }

    for name, least in {
        "weight": 8.9, "leg_length": 0.0199, "arm_length": 0.0179, "shoulder_width": 0.0179,
        "torso_length": 0.016, "hands_and_feet": 0.006,
    }.items():  # fmt: skip
        change = {key: high - measures(name, 0.0)[key] for key, high in measures(name, 1.0).items()}
        assert change[name] > least, name


def test_joints_follow_the_betas_linearly(body):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 10))
    whole = body.rest_vertices(first + second) + body.v_template
    parts = body.rest_vertices(first) + body.rest_vertices(second)
    np.testing.assert_allclose(whole, parts, atol=1e-5)


def test_skin_weights(body):
    assert body.weights.min() >= 0
    np.testing.assert_allclose(body.weights.sum(axis=1), 1, atol=1e-6)
    assert (body.weights > 0).sum(axis=1).max() <= 4
    assert (body.weights.max(axis=0) > 0.35).all(), "a joint carries nothing"


def test_skin_weights_change_gently_along_every_edge(body):
    edges = np.concatenate([body.quads[:, [k, (k + 1) % 4]] for k in range(4)])
    step = np.abs(body.weights[edges[:, 0]] - body.weights[edges[:, 1]]).max(axis=1)
    assert step.max() < 0.6


def test_joint_regressor(body):
    assert body.J_regressor.min() >= 0
    np.testing.assert_allclose(body.J_regressor.sum(axis=1), 1, atol=1e-5)
    assert (body.J_regressor > 0).sum(axis=1).max() <= 74, "two sides of 37"


def test_joints_lie_inside_the_limbs(body):
    # Solid angle of a closed surface seen from inside is 4 pi, from outside 0.
    eyes = [REGIONS.index(name) for name in ("eyes", "iris", "pupil")]
    triangles = body.f[~np.isin(body.extra["region"][body.f], eyes).any(axis=1)]
    for joint, place in enumerate(body.rest_joints(np.zeros(10))):
        if joint == JOINT["head"]:
            continue  # lies in the mouth, which is a cavity of this surface
        a, b, c = (body.v_template[triangles[:, k]].astype(float) - place for k in range(3))
        la, lb, lc = (np.linalg.norm(x, axis=1) for x in (a, b, c))
        above = np.sum(a * np.cross(b, c), axis=1)
        below = la * lb * lc + np.sum(a * b, 1) * lc + np.sum(b * c, 1) * la + np.sum(c * a, 1) * lb
        winding = 2 * np.arctan2(above, below).sum() / (4 * np.pi)
        assert winding == pytest.approx(1, abs=0.01), joint


def test_limb_joints_can_be_read_off_a_posed_skin(body):
    # A spread of poses within 60 degrees or so of the rest, all joints at once.
    poses = np.random.default_rng(0).normal(0, 0.35, (20, 24, 3))
    joints, _ = forward_kinematics(poses, body.rest_joints(np.zeros(10)), np.zeros((20, 3)))
    skin = body.skin(poses, np.zeros(10), np.zeros((20, 3)))
    read = np.einsum("jv,tva->tja", body.J_regressor, skin)
    apart = np.linalg.norm(read - joints, axis=-1)[:, list(LIMB_JOINTS)]
    assert apart.mean() < 0.005 and apart.max() < 0.03


def test_left_and_right_are_alike(body):
    joints = body.rest_joints(one_beta(2, 1.5))
    np.testing.assert_allclose(joints, (joints * OUTWARDS)[MIRROR], atol=1e-5)
    landmarks = body.landmark_regressor @ body.v_template
    mirrored = [
        LANDMARK[name.replace("left", "*").replace("right", "left").replace("*", "right")]
        for name in LANDMARKS
    ]
    np.testing.assert_allclose(landmarks, (landmarks * OUTWARDS)[mirrored], atol=1e-5)


def test_landmarks_are_where_they_are_called(body):
    np.testing.assert_allclose(body.landmark_regressor.sum(axis=1), 1, atol=1e-5)
    assert body.landmark_regressor.min() >= 0
    place = dict(zip(LANDMARKS, body.landmark_regressor @ body.v_template, strict=True))
    joints = body.rest_joints(np.zeros(10))
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        apart = np.linalg.norm(place[f"left_{part}"] - joints[JOINT[f"left_{part}"]])
        assert apart < 0.02, f"{part}: a landmark is near its joint"
    face = [name for name in LANDMARKS[:11] if "ear" not in name]
    assert place["nose"][2] == max(place[name][2] for name in face)
    x = {name: place[name][0] for name in LANDMARKS}
    assert 0 < x["left_eye_inner"] < x["left_eye"] < x["left_eye_outer"] < x["left_ear"] < 0.1
    assert place["left_eye"][1] > place["nose"][1] > place["mouth_left"][1]
    assert abs(place["left_ear"][1] - place["left_eye"][1]) < 0.03
    # Palm down and thumb ahead: the index finger's knuckle is in front of the little finger's.
    assert place["left_thumb"][2] > place["left_index"][2] > place["left_pinky"][2] + 0.02
    floor = body.v_template[:, 1].min()
    assert place["left_foot_index"][2] - place["left_heel"][2] == pytest.approx(0.23, abs=0.03)
    assert place["left_heel"][1] < floor + 0.06 and place["left_foot_index"][1] < floor + 0.03


def test_soles_stand_on_one_floor(body):
    floor = body.v_template[:, 1].min()
    for side, sign in (("left", 1), ("right", -1)):
        for part in ("heel", "toe"):
            sole = body.v_template[body.extra[f"sole_{side}_{part}"]]
            assert len(sole) >= 20
            assert (sole[:, 1] < floor + 0.01).all() and (sign * sole[:, 0] > 0).all()
            assert sole[:, 1].min() < floor + 0.003, "heel and toe both reach the floor"
        heel, toe = (body.v_template[body.extra[f"sole_{side}_{p}"]] for p in ("heel", "toe"))
        assert toe[:, 2].min() > heel[:, 2].max()


def test_regions_are_whole(body):
    region = body.extra["region"]
    assert tuple(body.extra["region_names"]) == REGIONS
    counts = np.bincount(region, minlength=len(REGIONS))
    assert (counts > 0).all()
    heights = {name: body.v_template[region == k, 1].mean() for k, name in enumerate(REGIONS)}
    order = ("brows", "iris", "lips", "top", "trousers", "shoes")
    assert [heights[name] for name in order] == sorted(
        (heights[name] for name in order), reverse=True
    )


def test_surface_is_closed_and_faces_outwards(body):
    edges = np.concatenate([body.quads[:, [k, (k + 1) % 4]] for k in range(4)])
    _, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    assert (counts == 2).all()
    a, b, c = (body.v_template[body.f[:, corner]].astype(float) for corner in range(3))
    assert 55 < 1000 * np.sum(np.cross(a, b) * c) / 6 < 85  # kilograms


def test_a_bent_elbow_keeps_its_thickness(body):
    # Linear skinning flattens a joint by cos(angle / 2); more than that is a fault of the weights.
    pose = np.zeros((2, 24, 3))
    pose[1, JOINT["left_elbow"], 1] = -np.pi / 2
    rest = body.rest_joints(np.zeros(10))
    straight, bent = body.skin(pose, np.zeros(10), np.zeros((2, 3)))
    joints, _ = forward_kinematics(pose, rest, np.zeros((2, 3)))
    elbow = JOINT["left_elbow"]
    near = np.linalg.norm(straight - joints[0, elbow], axis=1) < 0.06
    before = np.linalg.norm(straight[near] - joints[0, elbow], axis=1)
    after = np.linalg.norm(bent[near] - joints[1, elbow], axis=1)
    assert (after / before).min() > np.cos(np.pi / 4) - 0.05


def test_ensure_body_makes_it_once(tmp_path, monkeypatch, path):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path))
    target = body_package.body_path()
    assert target == tmp_path / "models" / f"body-{body_package.BODY_VERSION}.npz"
    target.parent.mkdir()
    target.write_bytes(path.read_bytes())
    before = target.stat().st_mtime_ns
    assert body_package.ensure_body() == target
    assert target.stat().st_mtime_ns == before
    assert body_package.load_body().name == "onetake"
