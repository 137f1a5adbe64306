"""Every metric on cases small enough to work out by hand."""

import numpy as np
import pytest

from backend.evaluation import metrics
from backend.motion.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from backend.motion.skeleton import JOINT, LIMB_JOINTS, REST

WRIST = JOINT["left_wrist"]
LIMB = LIMB_JOINTS.index(WRIST)
ASIDE = np.array([1.0, 0.0, 0.0])


def person(count=4):
    return np.repeat(REST[None], count, axis=0)


def random_person(count, seed=0):
    rng = np.random.default_rng(seed)
    return person(count) + rng.normal(0, 0.1, (count, 24, 3))


def similar(joints, angle=0.7, scale=1.3, shift=(1.0, -2.0, 3.0)):
    return scale * joints @ axis_angle_to_matrix(np.array([0, angle, 0.1])).T + shift


# resampling


def test_frame_times_cover_what_both_know():
    a, b = np.arange(0, 61) / 60, np.arange(3, 100) / 60
    times = metrics.frame_times(a, b)
    assert times == pytest.approx(0.05 + np.arange(29) / 30)


def test_resample_is_linear_and_exact_on_samples():
    values = np.array([0.0, 10.0, np.nan, 30.0])
    timestamps = np.array([0.0, 1.0, 2.0, 3.0])
    out = metrics.resample(values, timestamps, np.array([0.0, 0.25, 1.0, 1.5, 3.0]))
    assert out[[0, 1, 2, 4]] == pytest.approx([0, 2.5, 10, 30])
    assert np.isnan(out[3])  # half-way to an unknown sample
    assert metrics.resample(np.array([7.0, np.nan]), timestamps[:2], np.array([0.0])) == 7


def test_poses_resample_along_the_turn():
    angles = np.radians([170, 190])  # through pi: the short way round
    poses = quaternion_to_axis_angle(
        axis_angle_to_quaternion(angles[:, None, None] * np.array([[[0, 0, 1.0]]]))
    )
    out = metrics.resample_poses(poses, np.array([0.0, 1.0]), np.array([0.25]))
    assert np.degrees(out[0, 0]) == pytest.approx([0, 0, 175])


# positions


def test_mpjpe_of_one_wrist_off():
    predicted = person() + 5 * ASIDE  # where the hips are does not count
    predicted[:, WRIST] += [0.003, 0.004, 0]
    errors = metrics.mpjpe(predicted, person())
    assert errors.shape == (4, 12)
    assert errors[:, LIMB] == pytest.approx([5] * 4)
    assert metrics.pooled(errors) == pytest.approx(5 / 12)


def test_the_pelvis_is_the_middle_of_the_hips():
    predicted = person()
    predicted[:, JOINT["pelvis"]] += 1  # not used
    assert metrics.mpjpe(predicted, person()) == pytest.approx(np.zeros((4, 12)))
    predicted[:, JOINT["left_hip"]] += [0.02, 0, 0]  # moves the middle by 0.01
    errors = metrics.mpjpe(predicted, person())
    assert errors[0, LIMB] == pytest.approx(10)
    assert errors[0, LIMB_JOINTS.index(JOINT["left_hip"])] == pytest.approx(10)


def test_pa_mpjpe_sees_the_pose_only():
    true = random_person(5)
    assert metrics.pa_mpjpe(similar(true), true).max() < 1e-9
    assert metrics.mpjpe(similar(true), true).min() > 1
    # A mirror image is another pose.
    assert metrics.pa_mpjpe(true * [-1, 1, 1], true).mean() > 10


def test_pa_mpjpe_leaves_unknown_joints_out():
    true = random_person(5)
    true[1:3, WRIST] = np.nan
    errors = metrics.pa_mpjpe(similar(random_person(5)), true)
    assert np.isnan(errors[1:3, LIMB]).all()
    assert metrics.pooled(errors) < 1e-9


def test_similarity_by_hand():
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    scale, rotation, translation = metrics.similarity(square, 2 * square[:, [1, 0, 2]] + 1)
    moved = scale * square @ rotation.T + translation
    assert scale == pytest.approx(2)
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert moved == pytest.approx(2 * square[:, [1, 0, 2]] + 1)
    assert metrics.similarity(square, 2 * square, with_scale=False)[0] == 1


def test_pve_follows_the_pelvis_joint():
    true = np.zeros((2, 5, 3))
    predicted = true + ASIDE
    predicted[:, 0, 1] += 0.01
    pelvis = np.zeros((2, 3))
    errors = metrics.pve(predicted, true, pelvis + ASIDE, pelvis)
    assert errors == pytest.approx(np.tile([10, 0, 0, 0, 0], (2, 1)))


def test_pooling_weighs_frames_not_clips():
    assert metrics.pooled([np.full((1, 12), 10.0), np.full((3, 12), 2.0)]) == pytest.approx(4)
    assert metrics.pooled(np.array([1.0, np.nan, 3.0])) == pytest.approx(2)


# motion


def falling(acceleration, count=10):
    """The wrist falls, the rest stands: half a t squared."""
    joints = person(count)
    joints[:, WRIST, 1] -= 0.5 * acceleration * (np.arange(count) / 30) ** 2
    return joints


def test_acceleration_of_a_fall():
    size = np.linalg.norm(metrics.accelerations(falling(9.81)), axis=-1)
    assert size.shape == (8, 12)
    assert size[:, LIMB] == pytest.approx(np.full(8, 9.81))
    errors = metrics.acceleration_errors(falling(4.0), falling(9.81))
    assert metrics.pooled(errors) == pytest.approx(5.81 / 12)


def test_acceleration_follows_the_hips_and_the_frame_rate():
    falls = person(10) - (0.5 * 9.81 * (np.arange(10) / 30) ** 2)[:, None, None] * [0, 1, 0]
    assert np.abs(metrics.accelerations(falls)).max() < 1e-9
    doubled = metrics.accelerations(falling(9.81), fps=60)
    assert np.abs(doubled).max() == pytest.approx(4 * 9.81)


def test_a_frozen_pose_scores_one():
    true = random_person(20)
    frozen = np.repeat(true[10:11], 20, axis=0)
    ratio = metrics.relative_acceleration(
        metrics.acceleration_errors(frozen, true), metrics.accelerations(true)
    )
    assert ratio == pytest.approx(1)
    # Pooled before dividing: a still clip beside it changes neither sum.
    pooled = metrics.relative_acceleration(
        [metrics.acceleration_errors(frozen, true), np.zeros((18, 12))],
        [metrics.accelerations(true), np.zeros((18, 12, 3))],
    )
    assert pooled == pytest.approx(1)


def test_jitter_of_a_cubic():
    joints = person(10)
    joints[:, WRIST, 0] += (np.arange(10) / 30) ** 3  # third derivative 6 m/s^3
    jitter = metrics.jitter(joints)
    assert jitter.shape == (7, 12)
    assert jitter[:, LIMB] == pytest.approx(np.full(7, 0.6))
    assert np.delete(jitter, LIMB, axis=1).max() < 1e-9


def test_limb_directions_forget_lengths():
    true = person(2)
    predicted = person(2)
    elbow, forearm = JOINT["left_elbow"], metrics.LIMBS.index((JOINT["left_elbow"], WRIST))
    turn = axis_angle_to_matrix(np.radians([0, 0, 25.0]))
    unit = true[:, WRIST] - true[:, elbow]
    flat = unit - [0, 0, 1] * unit[..., 2:]
    true[:, WRIST] = true[:, elbow] + flat
    predicted[:, WRIST] = predicted[:, elbow] + 1.7 * flat @ turn.T
    errors = metrics.limb_directions(predicted + ASIDE, true)
    assert errors[:, forearm] == pytest.approx([25, 25])
    assert np.delete(errors, forearm, axis=1).max() < 1e-6


# rotations


def test_angle_errors_are_geodesic():
    true = np.zeros((3, 24, 3))
    true[:, 4] = [np.radians(350), 0, 0]
    predicted = np.zeros((3, 24, 3))
    predicted[:, 5] = np.radians([0, 90, 0])
    errors = metrics.angle_errors(predicted, true)
    assert errors[:, 4] == pytest.approx([10] * 3)
    assert errors[:, 5] == pytest.approx([90] * 3)
    assert errors.sum() == pytest.approx(300)


def test_twist_is_the_turn_about_the_limb():
    rest = REST
    hip, elbow = JOINT["left_hip"], JOINT["right_elbow"]
    true, predicted = np.zeros((2, 1, 24, 3))
    axis = rest[JOINT["left_knee"]] - rest[hip]
    axis /= np.linalg.norm(axis)
    predicted[0, hip] = np.radians(30) * axis
    # A swing across the limb is no twist, wherever it goes.
    forearm = rest[JOINT["right_wrist"]] - rest[elbow]
    across = np.cross(forearm, [0, 0, 1])
    predicted[0, elbow] = np.radians(70) * across / np.linalg.norm(across)
    errors = metrics.twist_errors(predicted, true, rest)
    which = metrics.TWISTS.index((hip, JOINT["left_knee"]))
    assert errors[0, which] == pytest.approx(30)
    assert np.delete(errors[0], which).max() < 1e-6
    # 350 degrees one way is 10 the other.
    predicted[0, hip] = np.radians(350) * axis
    assert metrics.twist_errors(predicted, true, rest)[0, which] == pytest.approx(10)


def swings(count=200):
    t = np.arange(count) / 30
    return np.stack(
        [40 * np.sin(2 * np.pi * t), 20 * np.cos(4 * np.pi * t) + 90, 5 * np.sin(3 * t)], axis=1
    )


def test_amplitude_of_half_a_swing():
    true = swings()
    predicted = true * [0.5, 1.2, 9.0] + [10, -5, 0]
    result = metrics.amplitude(predicted, true)
    # The third angle moves less than 15 degrees and does not count.
    assert result.slope == pytest.approx([0.5, 1.2], abs=1e-6)
    assert result.correlation == pytest.approx([1, 1], abs=1e-6)
    assert result.lag == 0


def test_amplitude_forgives_lag_and_fast_noise():
    true = swings()
    late = np.roll(true, 3, axis=0)
    noise = 10 * (-1.0) ** np.arange(200)[:, None]  # at 15 Hz
    result = metrics.amplitude((late + noise)[10:-10], true[10:-10])
    assert result.lag == 3
    assert result.slope == pytest.approx([1, 1], abs=0.02)
    assert (result.correlation > 0.995).all()


def test_amplitude_sees_what_a_strong_filter_does():
    true = swings()
    filtered = np.apply_along_axis(np.convolve, 0, true, np.full(15, 1 / 15), "same")
    assert metrics.amplitude(filtered[20:-20], true[20:-20]).slope[0] < 0.8


def test_nothing_moves():
    result = metrics.amplitude(np.zeros((30, 2)), np.zeros((30, 2)))
    assert len(result.slope) == len(result.correlation) == 0


@pytest.mark.parametrize("shift", [-4, 0, 7])
def test_lag_is_late_when_positive(shift):
    assert metrics.lag(np.roll(swings(), shift, axis=0), swings()) == shift


def test_joint_angles_are_about_the_mean_and_pass_half_a_turn():
    swing = np.radians(100 * np.sin(np.linspace(0, 6, 50)))[:, None] * [0, 0, 1.0]
    offset = axis_angle_to_quaternion(np.radians([[0, 170.0, 0]]))
    reference = quaternion_to_axis_angle(offset)[None].repeat(50, axis=0)
    poses = quaternion_to_axis_angle(
        multiply_quaternions(offset, axis_angle_to_quaternion(2.5 * swing))
    )[:, None]
    angles = metrics.joint_angles(poses, reference)
    assert angles == pytest.approx(np.degrees(2.5 * swing), abs=1e-6)


def bent(elbow=0.0, knee=0.0, arm=0.0, thigh=0.0):
    """The right limbs hang along the trunk but for the angles given, in degrees."""

    def direction(angle):
        angle = np.radians(angle)
        return np.array([0.0, -np.cos(angle), np.sin(angle)])

    joints = person(1)
    for start, middle, end, raised, flexed in (
        ("shoulder", "elbow", "wrist", arm, elbow), ("hip", "knee", "ankle", thigh, knee)
    ):  # fmt: skip
        for side in ("left", "right"):
            a, b, c = (JOINT[f"{side}_{name}"] for name in (start, middle, end))
            joints[0, a, 2] = 0.0  # the trunk is upright
            bends = (raised, flexed) if side == "right" else (0.0, 0.0)
            joints[0, b] = joints[0, a] + 0.3 * direction(bends[0])
            joints[0, c] = joints[0, b] + 0.2 * direction(bends[0] + bends[1])
    return joints


def test_limb_angles_come_from_positions_alone():
    joints = bent(elbow=90, knee=40, arm=120, thigh=70)
    wanted = [0, 90, 0, 40, 0, 120, 0, 70]
    assert metrics.limb_angles(joints)[0] == pytest.approx(wanted, abs=1e-5)
    # Neither size nor camera count.
    assert metrics.limb_angles(similar(joints))[0] == pytest.approx(wanted, abs=1e-5)


def test_amplitude_of_limbs_that_swing_half_as_far():
    t = np.arange(120) / 30
    true, small = (
        np.concatenate([bent(elbow=60 + size * np.sin(6 * x), knee=5) for x in t])
        for size in (40, 20)
    )
    result = metrics.amplitude(metrics.limb_angles(small), metrics.limb_angles(true))
    assert result.slope == pytest.approx([0.5], abs=0.01)  # of one angle: no other moves
    assert result.correlation == pytest.approx([1], abs=1e-3)


def test_gravity_error_is_the_angle_between_the_ups():
    up = np.array([0.0, -1.0, 0.0])
    tilted = axis_angle_to_matrix(np.radians([7.0, 0, 0])) @ up
    assert metrics.gravity_error(3 * tilted, up) == pytest.approx(7)
    assert metrics.gravity_error(np.stack([up, tilted]), up) == pytest.approx([0, 7])


# the world


def walk(count=250):
    joints = random_person(count, 3)
    return joints + np.arange(count)[:, None, None] * [0.0, 0.0, 0.04]


def test_world_errors_are_zero_for_a_similar_walk():
    assert metrics.w_mpjpe(similar(walk()), walk()).max() < 1e-8
    assert metrics.wa_mpjpe(similar(walk()), walk()).max() < 1e-8


def test_drift_counts_from_the_start_or_against_the_whole():
    true = person(200)
    drift = np.minimum(np.arange(200) % 100, 99) * 0.01  # 1 cm a frame, anew each 100 frames
    predicted = true + np.maximum(drift - 0.01, 0)[:, None, None] * [1.0, 0, 0]
    predicted[100:] += 1  # where a chunk starts does not count
    w = metrics.w_mpjpe(predicted, true).mean(axis=1)
    assert w[[0, 1, 2, 99, 100, 199]] == pytest.approx([0, 0, 10, 980, 0, 980])
    wa = metrics.pooled(metrics.wa_mpjpe(predicted, true))
    assert wa < 0.6 * w.mean()


def test_the_last_chunk_may_be_short():
    assert metrics.w_mpjpe(walk(101), walk(101)).shape == (101, 12)


def test_rte_of_a_short_step():
    true = np.arange(11)[:, None] * [1.0, 0, 0]  # 10 m
    turned = true @ axis_angle_to_matrix(np.array([0, 0, 1.0])).T + 5
    assert metrics.rte(turned, true).max() < 1e-9
    # 0.8 of the length, fitted at the middle: 1 m too short at each end.
    errors = metrics.rte(0.8 * true, true)
    assert errors[[0, 5, 10]] == pytest.approx([10, 0, 10])


def test_foot_skate_counts_while_the_true_foot_stands():
    true = np.zeros((4, 2, 3))
    true[:, 1, 0] = [0, 0.5, 1.0, 1.005]  # the second sole point stands in the last step only
    predicted = np.zeros((4, 2, 3))
    predicted[:, 0, 0] = [0, 0.002, 0.004, 0.006]
    predicted[3, 1] = [0, 0.007, 0]
    assert sorted(metrics.foot_skate(predicted, true)) == pytest.approx([2, 2, 2, 7])


def test_floor_depth_counts_only_what_is_under_the_floor_in_contact():
    lowest = np.array([-0.02, 0.03, -0.01, -0.5])
    contact = np.array([True, True, True, False])
    assert metrics.floor_depth(lowest, contact) == pytest.approx([20, 0, 10])


def test_nothing_known_is_nothing_known():
    true = random_person(5)
    true[2] = np.nan
    errors = metrics.pa_mpjpe(random_person(5), true)
    assert np.isnan(errors[2]).all() and metrics.pooled(errors) < 1e-9


# without truth


def test_legs_that_change_sides_flip_once():
    joints = person(10) + ASIDE * np.linspace(0, 1, 10)[:, None, None]
    pairs = [(JOINT[f"left_{name}"], JOINT[f"right_{name}"]) for name in ("knee", "ankle")]
    for left, right in pairs:
        joints[4:, [left, right]] = joints[4:, [right, left]]
    flips = metrics.left_right_flips(joints)
    assert flips.shape == (9, 2) and np.argwhere(flips).tolist() == [[3, 1]]


def test_legs_that_pass_each_other_do_not_flip():
    joints = person(30)
    stride = 0.4 * np.sin(np.linspace(0, 6 * np.pi, 30))  # a sprint
    for side, sign in (("left", 1), ("right", -1)):
        joints[:, JOINT[f"{side}_knee"], 2] += sign * stride / 2
        joints[:, JOINT[f"{side}_ankle"], 2] += sign * stride
    assert not metrics.left_right_flips(joints).any()


def test_silhouette_iou():
    a = np.zeros((2, 10, 10), bool)
    b = a.copy()
    a[0, :4, :5] = True  # 20 pixels
    b[0, 2:6, :5] = True  # 20, of which 10 in both
    assert metrics.silhouette_iou(a, b) == pytest.approx([1 / 3, 1])
