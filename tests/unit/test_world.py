"""Gravity, floor, contacts and root path, on motion whose truth is known."""

import numpy as np
import pytest

from backend.motion.rotations import axis_angle_to_matrix
from backend.world.contacts import phases, still_probability
from backend.world.floor import Evidence, find_floor
from backend.world.root import steady_root

TIMES = np.arange(90) / 30.0


def walk_over(up, distance=4.0, height=1.5):
    """Feet (T, 4, 3) that step over a plane `distance` away, and which of them stand (T, 4)."""
    right = np.cross(up, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    ahead = np.cross(right, up)
    standing = np.zeros((len(TIMES), 4), bool)
    feet = np.zeros((len(TIMES), 4, 3))
    for frame in range(len(TIMES)):
        step = frame // 15
        side = 2 * (step % 2)
        standing[frame, side : side + 2] = frame % 15 > 1
        where = (step % 4 - 1.5) * 0.5 * right + (step // 2 % 2 - 0.5) * 0.8 * ahead
        feet[frame] = where - height * up + [0.0, 0.0, distance]
        feet[frame, [1, 3]] += 0.15 * ahead
    return feet, standing


@pytest.mark.parametrize("pitch", [-25, 0, 15])
def test_the_floor_under_steps_is_found_whatever_the_cameras_pitch(pitch):
    up = axis_angle_to_matrix(np.radians([pitch, 0.0, 3.0])) @ [0.0, -1.0, 0.0]
    feet, standing = walk_over(up)
    noise = np.random.default_rng(0).normal(size=feet.shape) * [0.005, 0.005, 0.03]
    body_up = np.tile(up, (len(TIMES), 1))
    floor = find_floor([Evidence(feet + noise, body_up, standing, TIMES)])
    assert np.degrees(np.arccos(floor.up @ up)) < 2.0
    heights = feet[standing] @ floor.up - floor.offset
    assert np.abs(heights).max() < 0.05
    assert abs(np.median(heights)) < 0.01


def test_a_lean_is_not_taken_for_gravity_where_steps_tell_the_floor():
    up = np.array([0.0, -1.0, 0.0])
    feet, standing = walk_over(up)
    leaning = np.tile(axis_angle_to_matrix(np.radians([12.0, 0, 0])) @ up, (len(TIMES), 1))
    floor = find_floor([Evidence(feet, leaning, standing, TIMES)])
    assert np.degrees(np.arccos(floor.up @ up)) < 9.0


def test_somebody_on_a_roof_does_not_tilt_the_floor():
    up = np.array([0.0, -1.0, 0.0])
    feet, standing = walk_over(up)
    body_up = np.tile(up, (len(TIMES), 1))
    below = Evidence(feet, body_up, standing, TIMES)
    above = Evidence(feet + [-4.0, -3.0, 3.0], body_up, standing, TIMES)
    floor = find_floor([above, below])
    assert np.degrees(np.arccos(floor.up @ up)) < 1.0
    assert floor.offset == pytest.approx(-1.5, abs=0.05)


def test_a_leap_from_a_roof_does_not_tilt_the_floor():
    up = np.array([0.0, -1.0, 0.0])
    feet, standing = walk_over(up)
    feet[:45] += [-2.0, -3.0, 1.0]
    floor = find_floor([Evidence(feet, np.tile(up, (len(TIMES), 1)), standing, TIMES)])
    assert np.degrees(np.arccos(floor.up @ up)) < 2.0
    assert floor.offset == pytest.approx(-1.5, abs=0.1)


def test_nobody_standing_still_gives_a_level_floor_at_the_lowest_foot():
    feet = np.zeros((len(TIMES), 4, 3)) + [0.0, 1.0, 4.0]
    nothing = np.zeros((len(TIMES), 4), bool)
    floor = find_floor([Evidence(feet, np.full((len(TIMES), 3), np.nan), nothing, TIMES)])
    assert floor.up == pytest.approx([0.0, -1.0, 0.0], abs=1e-3)
    assert floor.offset == pytest.approx(-1.0, abs=1e-3)


def test_only_feet_that_do_not_move_across_the_view_stand():
    feet = np.zeros((len(TIMES), 4, 3)) + [0.0, 1.0, 4.0]
    feet[:, 1, 0] += TIMES * 1.5  # walks across
    feet[:, 2] *= 1 + 0.05 * np.sin(TIMES * 20)[:, None]  # only its depth is noisy
    still = still_probability(feet, TIMES)
    assert still[:, [0, 2, 3]].min() > 0.9
    assert still[:, 1].max() < 0.1


def test_phases_lists_every_contact():
    standing = np.zeros((6, 4), bool)
    standing[[0, 1, 4, 5], 2] = True
    assert phases(standing) == [(2, 0, 2), (2, 4, 6)]


def test_standing_feet_do_not_slide_in_depth_and_stay_in_the_picture():
    up = np.array([0.0, -1.0, 0.0])
    true = np.tile([0.0, 0.0, 4.0], (len(TIMES), 1))
    wobble = np.zeros_like(true)
    wobble[:, 2] = 0.15 * np.sin(TIMES * 3.0)
    sway = np.zeros_like(true)
    sway[:, 0] = 0.03 * np.sin(TIMES * 3.0)  # the legs' fault: the pelvis was seen to stand still
    feet = np.zeros((len(TIMES), 4, 3)) + [0.0, 1.0, 4.0] + (wobble + sway)[:, None]
    heights = feet @ up + 1.03  # they float
    ones = np.ones((len(TIMES), 4))
    moved = steady_root(true + wobble, feet, ones, ones, heights, up, TIMES) - (true + wobble)
    slide = np.abs(np.diff((feet + moved[:, None])[:, 0, 2])).sum()
    assert slide < 0.25 * np.abs(np.diff(feet[:, 0, 2])).sum()
    assert np.abs(moved[:, 0]).max() < 0.01
    assert 0.002 < moved[:, 1].mean() < 0.01  # down towards the floor, but not off the picture


def test_a_jump_keeps_its_height():
    up = np.array([0.0, -1.0, 0.0])
    trans = np.tile([0.0, 0.0, 4.0], (len(TIMES), 1))
    trans[30:60, 1] = -0.6 * np.sin(np.linspace(0, np.pi, 30))
    feet = trans[:, None] + np.array([0.0, 1.0, 0.0])
    feet = np.repeat(feet, 4, axis=1)
    heights = feet @ up + 1.0
    contacts = (heights < 0.02).astype(float)
    fixed = steady_root(trans, feet, contacts, contacts, heights, up, TIMES)
    assert fixed[:, 1].min() == pytest.approx(-0.6, abs=0.03)


def test_a_path_of_two_frames_is_left_alone():
    trans = np.ones((2, 3))
    feet = np.ones((2, 4, 3))
    ones = np.ones((2, 4))
    same = steady_root(trans, feet, ones, ones, ones, np.eye(3)[1], TIMES[:2])
    assert np.array_equal(same, trans)
