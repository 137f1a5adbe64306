"""Training motion: windows, their augmentation, and the split between training and judging."""

import csv
import hashlib
from dataclasses import replace

import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.motion.kinematics import forward_kinematics
from backend.motion.skeleton import JOINT, JOINTS, MIRROR, REST
from backend.training.motion import (
    OFF,
    Augmentation,
    Motion,
    MotionLibrary,
    Window,
    contacts,
    open_motion,
)
from backend.training.motion.augment import augment, exaggerated, mirrored, mixed, turned
from backend.training.motion.contacts import clearance
from backend.training.motion.files import split_of
from backend.training.motion.plausible import possible_turns

FPS = 30.0
LEGS = [0] + [
    i for i, name in enumerate(JOINTS) if name.split("_")[-1] in ("hip", "knee", "ankle", "foot")
]
UPPER = [i for i in range(24) if i not in LEGS]


def joints_of(window: Window) -> np.ndarray:
    return forward_kinematics(window.poses, REST, window.trans)[0]


def person(frames: int = 200, seed: int = 0, key: str = "cmu/001/01", **changes) -> Motion:
    """Somebody who waves, nods, bends the knees and drifts over the floor, the soles on it."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames)[:, None, None] / FPS
    rate, phase = rng.uniform(0.2, 0.8, (24, 3)), rng.uniform(0, 6, (24, 3))
    poses = 0.15 * np.sin(2 * np.pi * rate * time + phase)
    poses[:, 22:] = 0
    trans = np.zeros((frames, 3))
    trans[:, 0] = np.linspace(0, 1, frames)
    joints, _ = forward_kinematics(poses, REST, trans)
    trans[:, 1] -= clearance(joints).min(axis=1)
    values = dict(
        key=key, fps=FPS, poses=poses.astype(np.float32), trans=trans.astype(np.float32),
        ok=np.ones(frames, bool), weight=1.0, complete=True,
    )  # fmt: skip
    return Motion(**(values | changes))


def only(**chances) -> Augmentation:
    """Nothing but what is named."""
    return replace(OFF, **chances)


def changed(window: Window, config: Augmentation, seed: int = 0, other: Window | None = None):
    return augment(np.random.default_rng(seed), window, FPS, config, lambda: other)


@pytest.fixture
def window() -> Window:
    return person().draw(np.random.default_rng(3), 64, FPS)


def test_mirroring_twice_gives_the_same_motion(window):
    poses, trans = mirrored(*mirrored(window.poses, window.trans))
    np.testing.assert_array_equal(poses, window.poses)
    np.testing.assert_array_equal(trans, window.trans)


def test_a_mirrored_motion_has_mirrored_joints(window):
    poses, trans = mirrored(window.poses, window.trans)
    joints = joints_of(Window(poses, trans, ""))
    expected = joints_of(window)[:, MIRROR] * [-1, 1, 1]
    np.testing.assert_allclose(joints, expected, atol=1e-5)
    assert np.abs(joints - joints_of(window)).max() > 0.05


def test_turning_turns_the_joints(window):
    poses, trans = turned(window.poses, window.trans, np.array([0, np.pi / 2, 0]))
    x, y, z = np.moveaxis(joints_of(window), -1, 0)
    joints = joints_of(Window(poses, trans, ""))
    np.testing.assert_allclose(joints, np.stack([z, y, -x], axis=-1), atol=1e-5)


def test_mixing_keeps_root_and_legs_and_takes_the_rest(window):
    other = person(seed=1).draw(np.random.default_rng(0), 64, FPS)
    poses = mixed(window.poses, other.poses)
    np.testing.assert_array_equal(poses[:, LEGS], window.poses[:, LEGS])
    np.testing.assert_array_equal(poses[:, UPPER], other.poses[:, UPPER])
    result = changed(window, only(mix=1.0, mix_arms=0.0), other=other)
    np.testing.assert_allclose(result.poses, poses)
    np.testing.assert_allclose(result.trans, window.trans, atol=1e-4)


def test_arms_may_come_from_two_strangers(window):
    drawn = [person(seed=s).draw(np.random.default_rng(0), 64, FPS) for s in (1, 2)]
    source = iter(drawn)
    result = augment(
        np.random.default_rng(0), window, FPS, only(mix=1.0, mix_arms=1.0), lambda: next(source)
    )
    for side, other in zip(("left", "right"), drawn, strict=True):
        arm = [JOINT[f"{side}_{part}"] for part in ("collar", "shoulder", "elbow", "wrist")]
        np.testing.assert_allclose(result.poses[:, arm], other.poses[:, arm])
    rest = [JOINT[name] for name in ("pelvis", "spine2", "head", "left_knee", "right_ankle")]
    np.testing.assert_allclose(result.poses[:, rest], window.poses[:, rest])


def test_hands_that_bear_the_body_stay_with_its_legs(window):
    other = person(seed=1).draw(np.random.default_rng(0), 64, FPS)
    crawling = replace(other, trans=other.trans - [0, 1.4, 0])
    result = changed(window, only(mix=1.0), other=crawling)
    np.testing.assert_allclose(result.poses, window.poses)


def test_speed_passes_through_the_same_poses():
    motion = person()
    result = MotionLibrary([motion], only(speed=(2.0, 2.0))).sample(
        np.random.default_rng(0), 20, FPS
    )
    start = np.abs(motion.poses - result.poses[0]).max(axis=(1, 2)).argmin()
    np.testing.assert_allclose(result.poses, motion.poses[start : start + 40 : 2], atol=1e-5)
    np.testing.assert_allclose(result.trans, motion.trans[start : start + 40 : 2], atol=1e-5)


def test_frames_between_frames_lie_on_the_rotation_between_them():
    poses = np.zeros((2, 24, 3), np.float32)
    poses[1, 16, 2] = 1.2
    trans = np.array([[0, 1, 0], [0, 1, 0.4]], np.float32)
    motion = person(2, poses=poses, trans=trans)
    result = motion.cut(0, 1, np.array([0, 0.25, 0.5, 1.0]))
    np.testing.assert_allclose(result.poses[:, 16, 2], [0, 0.3, 0.6, 1.2], atol=1e-6)
    np.testing.assert_allclose(result.trans[:, 2], [0, 0.1, 0.2, 0.4], atol=1e-6)


def test_a_sequence_too_short_goes_back_and_forth():
    motion = person(4)
    result = MotionLibrary([motion], OFF).sample(np.random.default_rng(0), 40, FPS)
    assert result.poses.shape == (40, 24, 3)
    nearest = np.abs(motion.poses[None] - result.poses[:, None]).max(axis=(2, 3))
    np.testing.assert_allclose(nearest.min(axis=1), 0, atol=1e-6)
    assert (np.abs(np.diff(nearest.argmin(axis=1))) == 1).all()


def test_a_run_too_short_is_not_left_on_its_way_back():
    ok = np.zeros(200, bool)
    ok[50:60] = True
    motion = person(ok=ok)
    result = MotionLibrary([motion], OFF).sample(np.random.default_rng(0), 40, FPS)
    nearest = np.abs(motion.poses[None] - result.poses[:, None]).max(axis=(2, 3)).argmin(axis=1)
    assert nearest.min() == 50 and nearest.max() == 59


def test_one_frame_is_held():
    result = MotionLibrary([person(1)], OFF).sample(np.random.default_rng(0), 5, FPS)
    np.testing.assert_allclose(result.poses, np.repeat(person(1).poses, 5, axis=0), atol=1e-6)


def test_frames_that_are_not_ok_are_never_drawn():
    ok = np.ones(200, bool)
    ok[[40, 120]] = False
    motion = person(ok=ok)
    library = MotionLibrary([motion], OFF)
    rng = np.random.default_rng(0)
    starts = set()
    for _ in range(60):
        drawn = library.sample(rng, 30, FPS)
        start = np.abs(motion.poses - drawn.poses[0]).max(axis=(1, 2)).argmin()
        assert ok[start : start + 30].all()
        np.testing.assert_array_equal(drawn.poses, motion.poses[start : start + 30])
        starts.add(int(start > 120) + int(start > 40))
    assert starts == {0, 1, 2}


def test_joints_half_a_turn_round_are_left_out():
    poses = person().poses.copy()
    poses[100:, JOINT["left_ankle"]] = [0, 0, 3.0]
    motion = MotionLibrary([person(poses=poses)], OFF).motions[0]
    assert motion.ok[:100].all() and not motion.ok[100:].any()


@pytest.mark.parametrize(
    "config",
    [
        only(perturb=1.0),
        only(exaggerate=1.0, exaggeration=(1.2, 1.25)),
        only(perturb=1.0, perturb_legs=1.0),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_changed_body_keeps_its_height_over_the_floor(window, config, seed):
    result = changed(window, config, seed)
    before, after = clearance(joints_of(window)), clearance(joints_of(result))
    assert np.abs(result.poses - window.poses).max() > 0.02
    assert after.min() == pytest.approx(before.min(), abs=1e-4)
    assert np.abs(after.min(axis=1) - before.min(axis=1)).max() < 0.05


def test_standing_feet_stay_where_they_stand_when_the_legs_change():
    standing = person()
    poses = np.zeros_like(standing.poses)
    poses[:, JOINT["left_shoulder"]] = standing.poses[:, JOINT["left_shoulder"]]
    trans = np.repeat(standing.trans[:1], 200, axis=0)
    library = MotionLibrary([person(poses=poses, trans=trans)], only(perturb=1.0, perturb_legs=0.0))
    rng = np.random.default_rng(0)
    for _ in range(5):
        feet = joints_of(library.sample(rng, 64, FPS))[:, [JOINT["left_foot"], JOINT["right_foot"]]]
        assert np.abs(feet - feet[0]).max() < 0.01


def test_the_foot_that_bears_the_body_does_not_slide(window):
    poses = np.zeros_like(window.poses)
    poses[:, JOINT["right_knee"], 0] = 1.2
    joints, _ = forward_kinematics(poses, REST, np.zeros_like(window.trans))
    trans = np.zeros_like(window.trans)
    trans[:, 1] = -clearance(joints).min()
    config = only(perturb=1.0, perturb_part=1.0, perturb_legs=1.0)
    for seed in range(5):
        result = changed(Window(poses, trans, ""), config, seed)
        joints = joints_of(result)
        slide = np.ptp(joints[:, JOINT["left_foot"], [0, 2]], axis=0).max()
        assert slide < 0.35 * np.ptp(joints[:, JOINT["pelvis"], [0, 2]], axis=0).max()
        assert slide < 0.04


def test_perturbation_is_slow_and_inside_the_limits(window):
    upright = replace(window, poses=np.zeros_like(window.poses))
    config = only(perturb=1.0, perturb_part=1.0, perturb_legs=1.0, perturb_spread=(10.0, 10.0))
    moved = np.stack([changed(upright, config, seed).poses for seed in range(20)])
    degrees = np.degrees(moved)
    assert (degrees[:, :, 0] == 0).all() and (degrees[:, :, 22:] == 0).all()
    knee = JOINT["left_knee"]
    assert degrees[:, :, knee, 0].min() > -10, "a knee does not bend backwards"
    assert degrees[:, :, knee, 0].max() > 10
    assert np.abs(degrees[:, :, knee, 1:]).max() < 6, "a knee is a hinge"
    spread = degrees[:, :, JOINT["left_elbow"], 1].std(axis=1)
    assert 2 < spread.mean() < 14
    step = np.abs(np.diff(degrees, axis=1)).max()
    assert step < 12, "no jumps"


def test_exaggeration_scales_the_swing_about_the_mean():
    poses = np.zeros((50, 24, 3))
    poses[:, 16, 2] = 0.3 + 0.4 * np.sin(np.linspace(0, 4 * np.pi, 50, endpoint=False))
    poses[:, 0, 1] = np.linspace(0, 2, 50)
    result = exaggerated(poses, 1.25)
    np.testing.assert_allclose(result[:, 16, 2], 0.3 + 1.25 * (poses[:, 16, 2] - 0.3), atol=0.01)
    np.testing.assert_array_equal(result[:, 0], poses[:, 0])


def test_a_static_pose_does_not_move(window):
    result = changed(window, only(static=1.0))
    assert np.ptp(result.poses, axis=0).max() == 0 and np.ptp(result.trans, axis=0).max() == 0


@pytest.mark.parametrize("seed", range(6))
def test_toppled_people_lie_on_the_floor(window, seed):
    result = changed(window, only(topple=1.0), seed)
    low = clearance(joints_of(result))
    assert low.min() == pytest.approx(0, abs=1e-4)
    assert low.min(axis=1).max() < 0.05
    up = forward_kinematics(result.poses, REST, result.trans)[1][:, 0, 1, 1]
    assert up.max() < 0.8
    np.testing.assert_allclose(result.poses[:, 1:], window.poses[:, 1:])


@pytest.mark.parametrize("seed", range(6))
def test_people_who_crouch_stand_where_they_stood(window, seed):
    """Deep or bent over, on the same feet, which lie flat as before; nothing turns too far."""
    still = Window(window.poses[:1].repeat(40, 0), window.trans[:1].repeat(40, 0), window.key)
    result = changed(still, only(crouch=1.0, crouch_depth=(0.6, 0.6)), seed)
    before, after = joints_of(still), joints_of(result)
    hips, feet = [JOINT["left_hip"], JOINT["right_hip"]], [JOINT["left_foot"], JOINT["right_foot"]]
    assert (before - after)[:, hips, 1].max() > 0.15
    assert np.ptp(after[:, feet] - before[:, feet], axis=0).max() < 0.04
    assert clearance(after).min() == pytest.approx(clearance(before).min(), abs=1e-3)
    assert possible_turns(result.poses).all()
    np.testing.assert_array_equal(result.poses[:, UPPER], still.poses[:, UPPER])


def test_people_who_lie_do_not_crouch(window):
    lying = Window(*turned(window.poses, window.trans, np.array([1.2, 0, 0])), window.key)
    result = changed(lying, only(crouch=1.0))
    np.testing.assert_allclose(result.poses, lying.poses, atol=1e-6)


def test_the_same_seed_draws_the_same_windows():
    library = MotionLibrary([person(seed=s, key=str(s)) for s in range(4)], Augmentation())
    draws = [
        [library.sample(rng, 32, 25.0) for _ in range(20)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7))
    ]
    for a, b in zip(*draws, strict=True):
        assert a.key == b.key
        np.testing.assert_array_equal(a.poses, b.poses)
        np.testing.assert_array_equal(a.trans, b.trans)
    assert len({a.key for a in draws[0]}) > 1
    assert draws[0][0].poses.dtype == draws[0][0].trans.dtype == np.float32


def test_heavier_sequences_come_more_often():
    library = MotionLibrary(
        [person(key="a", weight=3.0), person(key="b"), person(key="c", weight=0.0)], OFF
    )
    rng = np.random.default_rng(0)
    keys = [library.sample(rng, 4, FPS).key for _ in range(400)]
    assert keys.count("a") / 400 == pytest.approx(0.75, abs=0.07)
    assert "c" not in keys


def test_a_rare_pose_is_drawn_more_often_than_it_was_captured():
    poses = np.zeros((600, 24, 3), np.float32)
    poses[:, 1:] = 0.01 * np.random.default_rng(0).normal(size=(600, 23, 3))
    poses[570:, JOINT["left_knee"], 0] = 2.0
    poses[570:, [JOINT["left_hip"], JOINT["right_hip"]], 0] = -1.5
    motion = person(600, poses=poses, trans=np.ones((600, 3), np.float32))

    def share(even: float) -> float:
        library, rng = MotionLibrary([motion], only(even=even)), np.random.default_rng(0)
        drawn = [library.sample(rng, 1, FPS).poses[0, JOINT["left_knee"], 0] for _ in range(400)]
        return float(np.mean(np.array(drawn) > 1))

    assert share(0.0) == pytest.approx(0.05, abs=0.03)
    assert share(1.0) == pytest.approx(0.5, abs=0.15)


def test_a_frame_that_is_asked_for_is_in_its_window():
    ok = np.ones(200, bool)
    ok[90] = False
    motion, rng = person(ok=ok), np.random.default_rng(0)
    for around in (0, 40, 89, 91, 150, 199):
        for _ in range(10):
            drawn = motion.draw(rng, 30, FPS, around=around)
            near = np.abs(drawn.poses - motion.poses[around]).max(axis=(1, 2)).min()
            assert near < 1e-5


def test_contacts_are_of_feet_that_stand_on_the_floor():
    poses = np.zeros((60, 24, 3))
    still = forward_kinematics(poses, REST, np.zeros((60, 3)))[0]
    still[..., 1] -= clearance(still).min()
    assert contacts(still, FPS).all()
    assert not contacts(still + [0, 0.3, 0], FPS).any()
    walking = still + np.linspace(0, 2, 60)[:, None, None] * [0, 0, 1]
    assert not contacts(walking, FPS).any()
    lifted = still.copy()
    lifted[:, JOINT["left_ankle"], 1] += 0.12
    assert contacts(lifted, FPS).all(axis=0).tolist() == [False, True, True, True]
    assert contacts(still[:1], FPS).all()


def write_open_motion(folder, name, rows):
    """rows: (key, subject, profile, split, Motion); like the shared files."""
    motions = [row[-1] for row in rows]
    np.savez(
        folder / f"{name}.npz",
        poses=np.concatenate([m.poses for m in motions]).astype(np.float16),
        trans=np.concatenate([m.trans for m in motions]),
        ok=np.concatenate([m.ok for m in motions]),
        start=np.cumsum([0, *(len(m.poses) for m in motions)]),
        key=np.array([row[0] for row in rows]),
        fps=np.float32(30),
        rest=REST.astype(np.float32),
    )
    with (folder / f"{name}_manifest.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["key", "subject", "profile", "index", "split"])
        for index, (key, subject, profile, split, _) in enumerate(rows):
            writer.writerow([key, subject, profile, index, split])


@pytest.fixture
def open_folder(tmp_path):
    cmu = [
        ("cmu/001/01", "001", "cmu_mb", "train", person(100, 1)),
        ("cmu/060/01", "060", "cmu_daz", "train", person(100, 2)),
        ("cmu/007/01", "007", "cmu_asf", "val", person(80, 3)),
        ("cmu/008/01", "008", "cmu_mb", "test", person(60, 4)),
        ("cmu/001/02", "001", "cmu_mb", "train", person(400, 5)),
    ]
    write_open_motion(tmp_path, "cmu", cmu)
    write_open_motion(tmp_path, "cc0", [("kaykit/a/b", "a", "kaykit", "train", person(100, 6))])
    write_open_motion(tmp_path, "hdm05", [("hdm05/bd/x", "bd", "cmu_asf", "test", person(100, 7))])
    return tmp_path


def test_open_motion_reads_its_split_and_nothing_else(open_folder):
    keys = {
        split: [motion.key for motion in open_motion(open_folder, split)]
        for split in ("train", "val", "test")
    }
    assert keys == {
        "train": ["cmu/001/01", "cmu/060/01", "cmu/001/02", "kaykit/a/b"],
        "val": ["cmu/007/01"],
        "test": ["cmu/008/01"],
    }
    assert [m.key for m in open_motion(open_folder, "test", hdm05=True)][-1] == "hdm05/bd/x"
    for split in ("train", "val"):
        with pytest.raises(AssertionError):
            open_motion(open_folder, split, hdm05=True)
    motion = open_motion(open_folder, "val")[0]
    np.testing.assert_allclose(motion.poses, person(80, 3).poses, atol=2e-3)
    np.testing.assert_array_equal(motion.trans, person(80, 3).trans)


def test_weights_and_completeness_of_the_open_motion(open_folder):
    plain, salsa, long, keyed = open_motion(open_folder, "train")
    assert long.weight == pytest.approx(2 * plain.weight)
    assert keyed.weight == pytest.approx(0.5 * plain.weight)
    assert salsa.weight < 0.2 * plain.weight
    assert [m.complete for m in (plain, salsa, long, keyed)] == [True, False, True, False]


def test_val_and_test_windows_are_what_was_recorded(open_folder):
    for split in ("val", "test"):
        library = MotionLibrary.open(open_folder, split)
        (motion,) = library.motions
        rng = np.random.default_rng(0)
        for _ in range(10):
            drawn = library.sample(rng, 20, FPS)
            start = np.abs(motion.poses - drawn.poses[0]).max(axis=(1, 2)).argmin()
            np.testing.assert_array_equal(drawn.poses, motion.poses[start : start + 20])
    assert MotionLibrary.open(open_folder, "train").augmentation == Augmentation()


def test_folders_without_motion_are_refused(tmp_path, open_folder):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(OneTakeError) as caught:
            MotionLibrary.open(folder, "train")
        assert caught.value.code == "no_motion"
    (open_folder / "cc0.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(OneTakeError, match=r"cc0\.npz") as caught:
        MotionLibrary.open(open_folder, "train")
    assert caught.value.code == "bad_motion"


def test_the_split_of_a_subject_is_fixed():
    splits = [split_of(f"subject{i}") for i in range(2000)]
    assert [splits.count(s) / 2000 for s in ("train", "val", "test")] == pytest.approx(
        [0.9, 0.05, 0.05], abs=0.02
    )
    share = int(hashlib.sha256(b"subject0").hexdigest()[:8], 16) % 100
    assert split_of("subject0") == ("train" if share < 90 else "val" if share < 95 else "test")


def test_the_shared_motion(shared):
    folder = shared / "motion"
    libraries = {split: MotionLibrary.open(folder, split) for split in ("train", "val", "test")}
    subjects = {
        split: {tuple(m.key.split("/")[:2]) for m in library.motions}
        for split, library in libraries.items()
    }
    assert not subjects["train"] & subjects["val"]
    assert not (subjects["train"] | subjects["val"]) & subjects["test"]
    assert not any(source == "hdm05" for found in subjects.values() for source, _ in found)
    minutes = sum(m.seconds for m in libraries["train"].motions) / 60
    assert minutes == pytest.approx(70, abs=2)
    rng = np.random.default_rng(0)
    low = []
    for _ in range(40):
        drawn = libraries["train"].sample(rng, 64, FPS)
        assert np.isfinite(drawn.poses).all() and np.isfinite(drawn.trans).all()
        low.append(clearance(joints_of(drawn)).min())
    assert abs(np.median(low)) < 0.01
    assert min(low) > -0.1
