"""Foot lock: feet that stand stay, everything else hardly moves, and nothing pops."""

import numpy as np
import pytest

from backend.motion.foot_contacts import FootLockSettings, phases
from backend.motion.foot_lock import ease, lock_feet
from backend.motion.kinematics import forward_kinematics
from backend.motion.leg_ik import bend
from backend.motion.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from backend.motion.skeleton import REST
from backend.motion.smoothing import SmoothingSettings, smooth

LEGS = [1, 2, 4, 5, 7, 8, 10, 11]
UPPER = [joint for joint in range(24) if joint not in LEGS]
SOLE = 0.0155  # of the rest skeleton: its balls over its soles
STANDING = SOLE + REST[0, 1] - REST[10, 1]  # of its pelvis over the floor
KEY = "cmu/007/01"  # a walk of the validation split


def points(poses, trans):
    """(T, 4, 3) sole points in the order of contacts: at the heels and in front of the balls."""
    joints, rotations = forward_kinematics(poses, REST, trans)
    under = REST[10, 1] - REST[7, 1] - SOLE
    found = []
    for ankle, ball in ((7, 10), (8, 11)):
        found.append(joints[:, ankle] + rotations[:, ankle] @ [0, under, -0.025])
        found.append(joints[:, ball] + rotations[:, ball] @ [0, -SOLE, 0.03])
    return np.stack(found, axis=1)


def slides(poses, trans, contacts):
    """Metres a frame that each sole point moves while it stands."""
    stands = (contacts[1:] > 0.5) & (contacts[:-1] > 0.5)
    return np.linalg.norm(np.diff(points(poses, trans), axis=0), axis=-1)[stands]


def accelerations(poses, trans, fps=30.0):
    """(T-2, 4) m/s^2 of knees and ankles."""
    joints, _ = forward_kinematics(poses, REST, trans)
    return np.linalg.norm(np.diff(joints[:, [4, 5, 7, 8]], 2, axis=0), axis=-1) * fps**2


def pitched(poses):
    """(T, 2) degrees between each foot's sole and the floor."""
    _, rotations = forward_kinematics(poses, REST, np.zeros((len(poses), 3)))
    return np.degrees(np.arccos(np.clip(rotations[:, [7, 8], 1, 1], -1, 1)))


def knees(poses):
    """(T, 2) degrees that the knees are bent, backwards positive."""
    return np.degrees(poses[:, [4, 5], 0])


def stand(frames=90, fps=30.0, bent=0.0):
    """Both feet flat, knees bent by an angle (rad): poses, trans, contacts, timestamps."""
    poses = np.zeros((frames, 24, 3))
    for joint, share in ((1, -0.5), (4, 1.0), (7, -0.5)):
        poses[:, [joint, joint + 1], 0] = share * bent
    trans = np.zeros((frames, 3))
    trans[:, 1] = -points(poses, trans)[..., 1].min()
    return poses, trans, np.ones((frames, 4)), np.arange(frames) / fps


def walk(frames=120, fps=30.0):
    """Swings of legs whose feet slide a little: poses, trans, contacts, timestamps.

    Each stance: the heel strikes, the foot lies flat, the heel rises.
    """
    t = np.arange(frames) / fps
    poses, contacts = np.zeros((frames, 24, 3)), np.zeros((frames, 4))
    for side, offset in enumerate((0.0, 0.5)):
        cycle = (0.9 * t + offset) % 1
        stance, swing = np.clip(2 * cycle, 0, 1), np.clip(2 * cycle - 1, 0, 1)
        hip = -0.38 * np.cos(2 * np.pi * cycle)
        knee = 0.15 + 0.9 * np.sin(np.pi * swing) ** 2
        pitch = 0.5 * np.clip((stance - 0.7) / 0.3, 0, 1) ** 2 * (1 - swing) ** 2
        pitch -= 0.25 * np.where(cycle < 0.5, np.clip(1 - stance / 0.2, 0, 1), swing) ** 2
        for joint, angle in ((1, hip), (4, knee), (7, pitch - hip - knee)):
            poses[:, joint + side, 0] = angle
        contacts[:, 2 * side] = (cycle < 0.5) & (stance < 0.8)
        contacts[:, 2 * side + 1] = (cycle < 0.5) & (stance > 0.1)
    trans = np.stack([0 * t, 0 * t, 1.13 * t], axis=1)
    trans[:, 1] = -points(poses, trans)[..., 1].min(axis=1)
    return poses, trans, contacts, t


def noisy(poses, trans, rng, radians=0.025, metres=0.008):
    """The estimator's kind of noise: it wanders over a few frames."""
    window = np.hanning(11)
    window /= np.linalg.norm(window)

    def wandering(shape):
        white = rng.normal(0, 1, (shape[0], int(np.prod(shape[1:]))))
        return np.stack([np.convolve(c, window, "same") for c in white.T], axis=1).reshape(shape)

    turned = multiply_quaternions(
        axis_angle_to_quaternion(poses),
        axis_angle_to_quaternion(radians * wandering(poses.shape)),
    )
    return quaternion_to_axis_angle(turned), trans + metres * wandering(trans.shape)


def test_feet_of_a_walk_stay_where_they_stand():
    poses, trans, contacts, t = walk()
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert slides(poses, trans, contacts).mean() > 0.01
    assert slides(locked, moved, contacts).max() < 0.001
    heights = points(locked, moved)[..., 1]
    assert np.abs(heights[contacts > 0.5]).max() < 0.005  # heels roll about a point beside ours
    assert heights.min() > -0.008
    # Nothing but legs and path, and these by little.
    assert np.array_equal(locked[:, UPPER], poses[:, UPPER])
    assert np.linalg.norm(moved - trans, axis=-1).mean() < 0.015
    assert np.isfinite(locked).all()
    before, after = accelerations(poses, trans), accelerations(locked, moved)
    assert after.mean() < before.mean() and after.max() < before.max()


def test_a_real_walk_with_noise_after_smoothing(shared):
    with np.load(shared / "motion" / "cmu.npz") as data:
        index = list(data["key"]).index(KEY)
        span = slice(*data["start"][index : index + 2])
        poses, trans = data["poses"][span].astype(float), data["trans"][span].astype(float)
    soles = points(poses, trans)
    stands = np.linalg.norm(np.gradient(soles, axis=0), axis=-1) * 30 < 0.25
    frames = np.tile(np.arange(len(poses))[:, None], 4)
    # Over the clip the floor of the recording rises by some centimetres.
    slope = np.polyfit(frames[stands], soles[..., 1][stands], 1)
    trans[:, 1] -= np.polyval(slope, frames[:, 0])
    contacts = stands.astype(float)
    assert (contacts.mean(axis=0) > 0.3).all()
    t = np.arange(len(poses)) / 30
    rough = noisy(poses, trans, np.random.default_rng(0))
    smoothed, path = smooth(*rough, t, SmoothingSettings())
    locked, moved = lock_feet(smoothed, path, REST, contacts, t, sole=SOLE)

    assert slides(smoothed, path, contacts).mean() > 0.008
    assert slides(locked, moved, contacts).mean() < 0.0005
    assert slides(locked, moved, contacts).max() < 0.002
    true, before, after = (
        accelerations(*motion) for motion in ((poses, trans), (smoothed, path), (locked, moved))
    )
    assert after.mean() < 1.1 * before.mean() and after.max() < 1.1 * true.max()
    assert np.linalg.norm(moved - path, axis=-1).mean() < 0.015
    joints, truth = (
        forward_kinematics(p, REST, x)[0] for p, x in ((locked, moved), (poses, trans))
    )
    unlocked, _ = forward_kinematics(smoothed, REST, path)
    errors = [np.linalg.norm(j - truth, axis=-1).mean() for j in (joints, unlocked)]
    assert errors[0] < errors[1] + 0.005  # the recorded feet slide and sink a little themselves


def test_feet_in_the_air_are_left_alone():
    poses, trans, contacts, t = walk()
    locked, moved = lock_feet(poses, trans + [0, 1, 0], REST, 0 * contacts, t)
    assert np.array_equal(locked, poses) and np.array_equal(moved, trans + [0, 1, 0])


def test_far_from_contacts_nothing_changes():
    poses, trans, contacts, t = stand(120)
    trans = trans + np.array([0.02, 0, 0]) * np.sin(9 * t)[:, None]
    contacts[40:] = 0
    trans[40:, 1] += 0.3
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert np.abs(locked[:40, LEGS] - poses[:40, LEGS]).max() > 0.01
    assert np.array_equal(locked[47:], poses[47:])  # 0.2 s on
    assert np.abs(moved - trans)[100:].max() < 1e-4


def test_flat_feet_lie_flat_and_keep_their_heading():
    poses, trans, contacts, t = stand(bent=0.6)
    rough = noisy(poses, trans, np.random.default_rng(1), 0.02)
    locked, moved = lock_feet(*rough, REST, contacts, t, sole=SOLE)
    _, rotations = forward_kinematics(locked, REST, moved)
    assert pitched(rough[0]).max() > 5 and pitched(locked).max() < 0.01
    assert np.abs(rotations[:, [7, 8, 10, 11]] - rotations[:1, [7, 8, 10, 11]]).max() < 1e-6
    assert slides(locked, moved, contacts).max() < 1e-6


def test_a_foot_rolls_about_its_heel():
    poses, trans, contacts, t = stand(bent=0.6)
    poses[:, 7, 0] -= np.linspace(0.5, 0.2, 90)
    trans[:, 2] += 0.03 * np.sin(5 * t)
    contacts[:, 1:] = 0
    contacts[:, 2:] = 1
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert np.abs(pitched(locked) - pitched(poses))[:, 0].max() < 1e-4
    heel = points(locked, moved)[:, 0]
    assert np.ptp(heel, axis=0).max() < 0.001 < 0.05 < np.ptp(points(poses, trans)[:, 0], axis=0)[2]


def test_a_heel_rises_over_flat_toes():
    poses, trans, contacts, t = stand(bent=0.6)
    poses[:, 7, 0] += np.linspace(0.2, 0.6, 90)
    trans[:, 2] += 0.03 * np.sin(5 * t)
    contacts[:, 0] = 0
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    joints, rotations = forward_kinematics(locked, REST, moved)
    assert np.abs(pitched(locked) - pitched(poses))[:, 0].max() < 1e-4
    assert np.ptp(joints[:, 10], axis=0).max() < 1e-6
    assert joints[0, 10, 1] == pytest.approx(SOLE)
    assert np.abs(rotations[:, 10, :, 1] - [0, 1, 0]).max() < 1e-6


@pytest.mark.parametrize(
    "heel, ball",
    [
        ((slice(0, 45),), (slice(45, 90),)),  # one takes over from the other
        ((slice(46, 90),), (slice(0, 45),)),
        ((slice(0, 90),), (slice(0, 30), slice(50, 90))),  # the toes are lifted, and the heel
        ((slice(0, 30), slice(50, 90)), (slice(0, 90),)),
    ],
)
def test_one_fixed_point_leads_to_the_next(heel, ball):
    poses, trans, contacts, t = stand(bent=0.6)
    trans[:, 2] += 0.04 * t / t[-1]
    poses[:, 7, 1] = 0.1 * t / t[-1]
    contacts[:, :2] = 0
    for point, spans in enumerate((heel, ball)):
        for span in spans:
            contacts[span, point] = 1
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert slides(locked, moved, contacts).max() < 0.0005
    steps = np.linalg.norm(np.diff(points(locked, moved)[:, :2], axis=0), axis=-1)
    assert steps.max() < 0.003  # not even of the point that is free


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_straight_legs_do_not_pop(fps):
    """Where they can stretch no further the pelvis gives way, and knees never bend forwards."""
    poses, trans, contacts, t = stand(int(3 * fps), fps)
    trans += np.stack([0 * t, 0.015 * np.sin(4 * t), 0.04 * np.sin(3 * t)], axis=1)
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert slides(locked, moved, contacts).max() < 0.001
    assert knees(locked).min() > -0.1 and knees(locked).max() < 20
    assert np.abs(np.diff(knees(locked), axis=0)).max() < 60 / fps
    assert np.abs(moved - trans).max() < 0.02
    assert accelerations(locked, moved, fps).max() < 1.5


def test_knees_that_bend_the_wrong_way_bend_the_right_way():
    poses, trans, contacts, t = stand(bent=-0.2)
    trans[:, 1] -= 0.02 * np.clip(t - 1, 0, 1)
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert knees(poses).max() < -10 and knees(locked).min() > -1  # straight is at -6 degrees
    assert slides(locked, moved, contacts).max() < 0.001


def test_a_leg_in_the_air_keeps_its_pose():
    poses, trans, contacts, t = stand(bent=0.1)
    poses[:, 2, 0], poses[:, 5, 0] = -0.6, -0.2  # to the front, its knee bent the wrong way
    trans += np.stack([0.02 * np.sin(5 * t), 0 * t, 0.03 * np.sin(3 * t)], axis=1)
    contacts[:, 2:] = 0
    locked, _ = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert np.abs(locked[:, 1] - poses[:, 1]).max() > 0.02
    assert np.abs(locked[:, [2, 5, 8, 11]] - poses[:, [2, 5, 8, 11]]).max() < 1e-4


def test_who_stands_on_a_roof_stays_there():
    poses, trans, contacts, t = stand()
    trans += [0, 1.9, 0] + 0.02 * np.sin(7 * t)[:, None] * [1, 0, 0]
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert np.abs(points(locked, moved)[..., 1] - 1.9).max() < 0.001
    assert slides(locked, moved, contacts).max() < 0.001


@pytest.mark.parametrize("height", [-0.06, 0.06])
def test_the_whole_body_comes_to_the_floor(height):
    """Not the legs alone: the estimate of the path was wrong, not that of the pose."""
    poses, trans, contacts, t = stand(bent=0.5)
    locked, moved = lock_feet(poses, trans + [0, height, 0], REST, contacts, t, sole=SOLE)
    assert np.abs(points(locked, moved)[..., 1]).max() < 1e-3
    assert np.abs(moved - trans).max() < 0.005
    assert np.abs(knees(locked) - knees(poses)).max() < 4


def test_a_foot_in_the_floor_is_lifted_out_of_it():
    poses, trans, contacts, t = stand(bent=0.5)
    trans[:, 1] += 0.03 * np.sin(4 * t)
    locked, moved = lock_feet(poses, trans, REST, 0 * contacts, t, sole=SOLE)
    assert points(poses, trans)[..., 1].min() < -0.025
    assert points(locked, moved)[..., 1].min() > -0.001
    assert np.abs(knees(locked) - knees(poses)).max() < 5
    assert accelerations(locked, moved).max() < 1.5


def test_a_foot_that_wanders_too_far_is_let_go():
    poses, trans, contacts, t = stand(120, bent=0.5)
    trans[:, 2] += 0.15 * t  # 60 cm, all of it in contact
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    joints, before = (
        forward_kinematics(p, REST, x)[0] for p, x in ((locked, moved), (poses, trans))
    )
    shifted = np.linalg.norm(joints - before, axis=-1)[:, [7, 8]]
    assert 0.07 < shifted.max() < 0.09
    assert shifted[:30].max() < 0.003
    assert np.linalg.norm(np.diff(joints[:, [7, 8]], axis=0), axis=-1).max() < 0.04


def test_whoever_kneels_keeps_the_soles_up():
    poses, trans, contacts, t = stand()
    poses[:, [4, 5], 0] = np.pi / 2
    poses[:, [7, 8], 0] = 1.2
    trans += 0.02 * np.sin(6 * t)[:, None] * [0, 0, 1] - [0, 0.4, 0]
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    assert pitched(locked).min() > 100
    joints, _ = forward_kinematics(locked, REST, moved)
    assert np.ptp(joints[:, [10, 11]], axis=0).max() < 0.001
    assert np.abs(locked[:, [10, 11]]).max() < 1e-4


def test_turning_on_the_ball_of_a_foot_takes_the_toes_along():
    poses, trans, contacts, t = stand(bent=0.5)
    poses[:, 7, 0] += 0.3
    poses[:, 0, 1] = np.linspace(0, 2.5, 90)
    trans = trans - (points(poses, trans)[:, 1] - points(poses, trans)[0, 1]) * [1, 0, 1]
    trans[:, 0] += 0.02 * np.sin(4 * t)
    contacts[:] = [0, 1, 0, 0]
    locked, moved = lock_feet(poses, trans, REST, contacts, t, sole=SOLE)
    joints, rotations = forward_kinematics(locked, REST, moved)
    assert np.ptp(joints[:, 10], axis=0).max() < 1e-3
    foot, toes = (np.arctan2(rotations[:, j, 0, 2], rotations[:, j, 2, 2]) for j in (7, 10))
    assert np.degrees(np.abs(np.unwrap(foot) - np.unwrap(toes))).max() < 30


def test_frame_rates_agree():
    fine, coarse = walk(241, 60.0), walk(121, 30.0)
    a = lock_feet(*fine[:2], REST, *fine[2:])
    b = lock_feet(*coarse[:2], REST, *coarse[2:])
    joints = [forward_kinematics(p, REST, x)[0] for p, x in (a, b)]
    difference = np.linalg.norm(joints[0][::2] - joints[1], axis=-1)
    assert difference.mean() < 0.005 and np.quantile(difference, 0.95) < 0.02


def test_contacts_have_hysteresis_and_a_least_length():
    t = np.arange(40) / 30
    p = np.zeros(40)
    p[5:15] = 0.6  # never sure
    p[20:30] = [0.6, 0.85, 0.55, 0.95, 0.4, 0.4, 0.85, 0.6, 0.6, 0.6]
    p[35:37] = 0.9  # two frames
    assert phases(p, t, FootLockSettings()) == [(20, 30)]
    assert phases(p, t, FootLockSettings(shortest=0.05)) == [(20, 24), (26, 30), (35, 37)]
    assert phases(np.ones(40), t, FootLockSettings()) == [(0, 40)]


def test_corrections_ease_with_their_speed():
    t = np.arange(1001) / 1000
    mask = (t < 0.3) | (t > 0.7)
    values = np.where(mask, 0.2 + t, 9.0)[:, None]
    eased = ease(values, mask, t, 0.2, 10.0)[:, 0]
    assert np.array_equal(eased[mask], values[mask, 0])
    assert np.abs(eased[499:502]).max() < 1e-3  # 0.2 s from either side
    speed = np.diff(eased) * 1000
    assert np.abs(np.diff(speed)).max() < 0.2  # neither a jump nor a kink
    slow = ease(values, mask, t, 0.2, 0.5)[:, 0]
    assert np.diff(slow)[299] * 1000 == pytest.approx(0.5, abs=0.1)
    # A gap too short for both: straight across.
    mask[:] = True
    mask[500:550] = False
    assert np.abs(ease(values * 0 + 1, mask, t, 0.2, 1.0) - 1).max() < 1e-9


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_takes_and_frames_at_one_time(count):
    poses, trans, contacts, t = stand(count)
    t[1:] = t[:-1]
    before = poses.copy()
    locked, moved = lock_feet(poses, trans, REST, contacts, t)
    assert locked.shape == (count, 24, 3) and moved.shape == (count, 3)
    assert np.isfinite(locked).all() and np.isfinite(moved).all()
    assert np.array_equal(poses, before)


@pytest.mark.parametrize("carry", [False, True])
def test_wild_motion_stays_finite(carry):
    rng = np.random.default_rng(2)
    poses, trans = rng.normal(0, 1.5, (200, 24, 3)), rng.normal(0, 0.5, (200, 3))
    poses[7, [4, 5], 0] = np.pi  # folded up
    contacts, settings = rng.random((200, 4)), FootLockSettings(carry=carry)
    locked, moved = lock_feet(poses, trans, REST, contacts, np.arange(200) / 30, settings)
    assert np.isfinite(locked).all() and np.isfinite(moved).all()
    assert np.abs(axis_angle_to_matrix(locked)).max() <= 1 + 1e-6


def leg_directions(poses, trans):
    """(T, 4, 3) unit: left thigh, right thigh, left shin, right shin."""
    joints, _ = forward_kinematics(poses, REST, trans)
    bones = joints[:, [4, 5, 7, 8]] - joints[:, [1, 2, 4, 5]]
    return bones / np.linalg.norm(bones, axis=-1, keepdims=True)


def degrees_between(one, other):
    return np.degrees(np.arccos(np.clip(np.sum(one * other, axis=-1), -1, 1)))


@pytest.mark.parametrize("side", [0, 1])
def test_one_foot_that_stands_carries_the_body_and_its_leg_stays_as_it_is(side):
    poses, trans, contacts, t = stand(bent=0.5)
    contacts[:, [2 - 2 * side, 3 - 2 * side]] = 0
    trans = trans + np.outer(t - t.mean(), [0.03, 0.0, 0.02])
    turned = {}
    for carry in (False, True):
        settings = FootLockSettings(carry=carry)
        locked, moved = lock_feet(poses, trans, REST, contacts, t, settings, SOLE)
        assert slides(locked, moved, contacts).max() < 1e-6
        change = degrees_between(leg_directions(poses, trans), leg_directions(locked, moved))
        turned[carry] = change[:, side::2].max()
    assert turned[True] < 1e-3 < 1 < turned[False]


def test_between_two_feet_the_body_goes_where_legs_turn_least():
    poses, trans, contacts, t = stand(bent=0.5)
    poses[:, 1, 0] -= 0.3  # one foot forward, and the legs swing apart and together
    poses[:, 1, 2] += 0.05 * np.sin(3 * t)
    trans[:, 1] -= points(poses, trans)[..., 1].min(axis=1)
    locked, moved = lock_feet(poses, trans, REST, contacts, t, FootLockSettings(carry=True), SOLE)
    wanted = leg_directions(poses, trans)
    joints, _ = forward_kinematics(locked, REST, moved)
    hips, ankles = joints[:, [1, 2]], joints[:, [7, 8]]
    lengths = np.linalg.norm(REST[[4, 5, 7, 8]] - REST[[1, 2, 4, 5]], axis=-1)
    bones = wanted * lengths[:, None]

    def cost(shift):
        """Squared degrees of the legs, by frame, were the body elsewhere."""
        start = hips + shift
        knees_, ends = start + bones[:, :2], start + bones[:, :2] + bones[:, 2:]
        axes = np.broadcast_to([1.0, 0.0, 0.0], start.shape)
        turns = bend(start, knees_, ends, ankles, axes, np.ones(start.shape[:2]))
        return sum(
            (degrees_between(np.einsum("tlab,tlb->tla", turn, part), part) ** 2).sum(axis=1)
            for turn, part in zip(turns, (wanted[:, :2], wanted[:, 2:]), strict=True)
        )

    middle = slice(10, -10)
    least = cost(np.zeros(3))[middle]
    assert least.mean() > 0.5  # something had to give
    for axis in range(3):
        for step in (-0.005, 0.005):
            assert (cost(step * np.eye(3)[axis])[middle] > least - 0.05).all(), (axis, step)
