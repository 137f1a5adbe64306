"""Smoothing: no flips, honest cut-offs, swings kept, and the printed equations as printed."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.motion.one_euro import low_pass
from backend.motion.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    geodesic_angle,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from backend.motion.skeleton import JOINT
from backend.motion.smoothing import PARTS, SmoothingSettings, smooth

FLIP_FREE = ("causal", "zero_lag")
PRESETS = Path(__file__).parents[2] / "presets" / "smoothing"


def everywhere(rotation):
    """(T, 3) -> (T, 24, 3): the same rotation for the root and every limb."""
    return np.repeat(rotation[:, None], 24, axis=1)


def still(count):
    return np.zeros((count, 3))


def steps(poses):
    """(T-1, 24) degrees from frame to frame."""
    matrices = axis_angle_to_matrix(np.asarray(poses, float))
    return np.degrees(geodesic_angle(matrices[1:], matrices[:-1]))


def between(a, b):
    """(T, 24) degrees."""
    return np.degrees(
        geodesic_angle(axis_angle_to_matrix(np.asarray(a, float)), axis_angle_to_matrix(b))
    )


def spin(turns_a_second, seconds, fps, wobble):
    """Turns about an axis that itself sways by `wobble`, as an estimator says them: up to pi."""
    t = np.arange(int(seconds * fps)) / fps
    axis = np.stack([wobble * np.sin(2 * t), np.ones_like(t), wobble * np.cos(1.3 * t)], axis=-1)
    axis /= np.linalg.norm(axis, axis=-1, keepdims=True)
    unwound = everywhere(2 * np.pi * turns_a_second * t[:, None] * axis)
    return quaternion_to_axis_angle(axis_angle_to_quaternion(unwound)), t


def turned_by(poses, noise):
    quaternions = multiply_quaternions(
        axis_angle_to_quaternion(poses), axis_angle_to_quaternion(noise)
    )
    return quaternion_to_axis_angle(quaternions)


@pytest.mark.parametrize("mode", FLIP_FREE)
@pytest.mark.parametrize("wobble", [0.0, 0.5])
@pytest.mark.parametrize("turns", [0.3, -1.0, 2.0, -3.0])
def test_spins_pass_every_turn_without_a_flip(mode, wobble, turns):
    poses, t = spin(turns, 5, 30, wobble)
    smoothed, _ = smooth(poses, still(len(t)), t, SmoothingSettings(mode=mode))
    # Never faster than the motion itself (a flip is a step of up to 180 degrees) ...
    assert steps(smoothed).max() < 1.1 * steps(poses).max() + 0.1
    # ... and never behind by more than the causal lag, so not a turn is lost.
    assert between(smoothed, poses).max() < (1 if mode == "zero_lag" else 10)


@pytest.mark.parametrize("mode", FLIP_FREE)
def test_noisy_spins_do_not_flip(mode):
    poses, t = spin(1.0, 5, 30, 0.5)
    noise = np.random.default_rng(1).normal(0, 0.05, poses.shape)
    noisy = turned_by(poses, noise)
    smoothed, _ = smooth(noisy, still(len(t)), t, SmoothingSettings(mode=mode))
    assert steps(smoothed).max() < steps(noisy).max()
    assert between(smoothed, poses).max() < 20


@pytest.mark.parametrize("mode", FLIP_FREE)
@pytest.mark.parametrize("centre", [0, 90, 180, 270, 360, 720])
def test_swings_through_any_angle_are_one_swing(mode, centre):
    t = np.arange(240) / 30
    swing = np.radians(centre + 40 * np.sin(2 * np.pi * 0.5 * t))[:, None] * [0.6, 0.0, 0.8]
    here = everywhere(swing)
    smoothed, _ = smooth(here, still(240), t, SmoothingSettings(mode=mode))
    assert steps(smoothed).max() < 1.1 * steps(here).max()
    # Other names of the same rotations give the same answer.
    folded = quaternion_to_axis_angle(axis_angle_to_quaternion(here))
    again, _ = smooth(folded, still(240), t, SmoothingSettings(mode=mode))
    assert between(again, np.asarray(smoothed, float)).max() < 1e-2


def test_the_printed_equations_do_flip():
    """What the other modes are for; and proof that the tests above can see a flip."""
    t = np.arange(240) / 30
    swing = np.radians(180 + 40 * np.sin(2 * np.pi * 0.5 * t))[:, None] * [0.6, 0.0, 0.8]
    folded = quaternion_to_axis_angle(axis_angle_to_quaternion(everywhere(swing)))
    printed, _ = smooth(folded, still(240), t, SmoothingSettings(beta=1.5, mode="paper"))
    assert steps(printed).max() > 5 * steps(folded).max()
    assert between(printed, folded).max() > 90


@pytest.mark.parametrize("mode", ["causal", "zero_lag", "paper"])
def test_a_still_person_stays(mode):
    pose = np.random.default_rng(2).normal(0, 1, (1, 24, 3))
    poses, trans = np.repeat(pose, 60, axis=0), np.tile([[1.0, 2.0, -3.0]], (60, 1))
    smoothed, moved = smooth(poses, trans, np.arange(60) / 30, SmoothingSettings(mode=mode))
    assert between(smoothed, poses).max() < 1e-3
    assert np.abs(moved - trans).max() < 1e-6


def settled_gain(frequency, fps, settings, axis=(1.0, 0.0, 0.0), base=(0.0, 0.0, 0.0)):
    """Amplitude left of a small swing, by regression on sine and cosine; rotation, then root."""
    t = np.arange(int(40 * fps / frequency / 4)) / fps  # ten periods
    wave = 0.05 * np.sin(2 * np.pi * frequency * t)
    poses = everywhere(np.tile(base, (len(t), 1)))
    poses = quaternion_to_axis_angle(
        multiply_quaternions(
            axis_angle_to_quaternion(poses),
            axis_angle_to_quaternion(everywhere(wave[:, None] * axis)),
        )
    )
    smoothed, trans = smooth(poses, wave[:, None] * [1.0, 2.0, 0.0], t, settings)
    back = axis_angle_to_quaternion(everywhere(-np.tile(base, (len(t), 1))))
    turned = quaternion_to_axis_angle(
        multiply_quaternions(back, axis_angle_to_quaternion(smoothed))
    ) @ np.asarray(axis)
    middle = slice(len(t) // 4, 3 * len(t) // 4)
    waves = np.stack([f(2 * np.pi * frequency * t) for f in (np.sin, np.cos)], axis=1)[middle]

    def amplitude(values):
        return np.linalg.norm(np.linalg.lstsq(waves, values[middle], rcond=None)[0], axis=0)

    return amplitude(turned) / 0.05, amplitude(trans)[0] / 0.05


@pytest.mark.parametrize("mode", FLIP_FREE)
@pytest.mark.parametrize("fps, cutoff", [(5, 0.5), (30, 1.0), (30, 6.0), (60, 1.0), (240, 3.0)])
def test_a_hertz_is_minus_three_decibels(mode, fps, cutoff):
    settings = SmoothingSettings(min_cutoff=cutoff, beta=0, mode=mode)
    rotation, root = settled_gain(cutoff, fps, settings)
    assert rotation == pytest.approx(np.full(24, 0.5**0.5), rel=0.02)
    assert root == pytest.approx(0.5**0.5, rel=0.02)
    below, _ = settled_gain(cutoff / 8, fps, settings)
    assert (below > 0.98).all()


@pytest.mark.parametrize("mode", FLIP_FREE)
def test_a_hertz_is_the_same_for_the_axis(mode):
    settings = SmoothingSettings(min_cutoff=1, beta=0, mode=mode)
    gain, _ = settled_gain(1.0, 30, settings, axis=(0.0, 1.0, 0.0), base=(1.5, 0.0, 0.0))
    assert gain == pytest.approx(np.full(24, 0.5**0.5), rel=0.02)


@pytest.mark.parametrize("mode, degrees, metres", [("causal", 2.5, 0.05), ("zero_lag", 0.3, 0.005)])
def test_thirty_and_sixty_frames_a_second_agree(mode, degrees, metres):
    """The limb moves at up to 400 degrees a second, so 2.5 degrees are a third of a frame.

    No causal filter has both the same -3 dB and the same lag at every frame rate.
    """

    def motion(t):
        swing = 0.8 * np.sin(2 * np.pi * 0.7 * t) + 0.3 * np.sin(2 * np.pi * 1.9 * t + 1)
        rotation = swing[:, None] * [0.6, 0.0, 0.8] + 0.3 * np.cos(t)[:, None] * [0.0, 1.0, 0.0]
        return everywhere(rotation), np.stack([t, 0.1 * np.sin(6 * t), swing], axis=1)

    t = np.arange(241) / 60
    fine, fine_trans = smooth(*motion(t), t, SmoothingSettings(mode=mode))
    coarse, coarse_trans = smooth(*motion(t[::2]), t[::2], SmoothingSettings(mode=mode))
    assert between(coarse, np.asarray(fine[::2], float)).max() < degrees
    assert np.abs(coarse_trans - fine_trans[::2]).max() < metres


@pytest.mark.parametrize("mode", FLIP_FREE)
def test_true_timestamps_count(mode):
    """Where a phone drops from 30 to 10 frames a second, a hertz stays a hertz."""
    t = np.concatenate([np.arange(300) / 30, 10 + np.arange(100) / 10])
    swing = everywhere(0.1 * np.sin(2 * np.pi * t)[:, None] * [1.0, 0.0, 0.0])
    smoothed, _ = smooth(swing, still(400), t, SmoothingSettings(min_cutoff=1, beta=0, mode=mode))
    for start, end in ((2, 8), (12, 18)):
        part = (t >= start) & (t < end)
        waves = np.stack([np.sin(2 * np.pi * t[part]), np.cos(2 * np.pi * t[part])], axis=1)
        left = np.linalg.norm(np.linalg.lstsq(waves, smoothed[part, 5, 0], rcond=None)[0])
        assert left / 0.1 == pytest.approx(0.5**0.5, rel=0.03)


def test_a_slow_swing_keeps_its_size_and_jitter_goes():
    t = np.arange(300) / 30
    swing = everywhere(np.radians(45 * np.sin(2 * np.pi * 0.5 * t))[:, None] * [0.0, 0.6, 0.8])
    noise = np.random.default_rng(4).normal(0, 0.03, swing.shape)
    smoothed, _ = smooth(
        turned_by(swing, noise), still(300), t, SmoothingSettings(min_cutoff=1.5, beta=1.5)
    )
    along = np.asarray(smoothed)[30:-30] @ np.array([0.0, 0.6, 0.8])
    true = swing[30:-30] @ np.array([0.0, 0.6, 0.8])
    slope = (along * true).sum(axis=0) / (true * true).sum(axis=0)
    assert (slope > 0.97).all() and (slope < 1.01).all()

    def roughness(poses):
        return np.abs(np.diff(poses[30:-30], 3, axis=0)).mean()

    assert roughness(smoothed) < 0.2 * roughness(turned_by(swing, noise))


def test_angle_and_axis_are_filtered_apart():
    """While the angle swings fast, the axis rests, and stays calm."""
    t = np.arange(600) / 30
    swing = everywhere((1.5 + np.sin(2 * np.pi * 0.5 * t))[:, None] * [1.0, 0.0, 0.0])
    noise = np.random.default_rng(5).normal(0, 0.02, swing.shape)
    smoothed, _ = smooth(turned_by(swing, noise), still(600), t, SmoothingSettings(beta=3))
    back = axis_angle_to_quaternion(-swing)
    left = quaternion_to_axis_angle(
        multiply_quaternions(back, axis_angle_to_quaternion(np.asarray(smoothed, float)))
    )
    along, across = left[..., 0].std(), left[..., 1:].std()
    assert across < 0.75 * along


@pytest.mark.parametrize("mode", ["causal", "zero_lag", "paper"])
def test_strength_of_a_part(mode):
    rng = np.random.default_rng(6)
    poses, trans = 1 + rng.normal(0, 0.1, (90, 24, 3)), rng.normal(0, 0.1, (90, 3))
    t = np.arange(90) / 30
    settings = SmoothingSettings(mode=mode, strength={"legs": 0, "translation": 0, "arms": 4})
    smoothed, moved = smooth(poses, trans, t, settings)
    plain, _ = smooth(poses, trans, t, SmoothingSettings(mode=mode))
    legs, arms = ([JOINT[name] for name in PARTS[part]] for part in ("legs", "arms"))
    rest = [joint for joint in range(24) if joint not in legs + arms]
    assert between(smoothed, poses)[:, legs].max() < 0.01
    assert np.abs(moved - trans).max() < 1e-4
    assert steps(smoothed)[:, arms].mean() < 0.6 * steps(plain)[:, arms].mean()
    assert np.abs(smoothed[:, rest] - plain[:, rest]).max() < 1e-3


def test_strength_divides_the_cutoff():
    halved = SmoothingSettings(min_cutoff=2, beta=0, strength={part: 2 for part in PARTS})
    gain, root = settled_gain(1.0, 30, halved)
    assert gain == pytest.approx(np.full(24, 0.5**0.5), rel=0.02)
    assert root == pytest.approx(0.5**0.5, rel=0.02)


def test_paper_mode_is_the_printed_equations():
    rng = np.random.default_rng(7)
    poses, trans = rng.normal(0, 0.5, (50, 24, 3)), rng.normal(0, 1, (50, 3))
    poses[10, 4] = 0
    t = np.cumsum(rng.uniform(0.02, 0.05, 50))

    def filter_1d(values):  # Casiez et al. 2012, algorithms 1 and 2
        filtered, speed = [values[0]], 0.0
        for k in range(1, len(values)):
            rate = 1 / (t[k] - t[k - 1])

            def alpha(cutoff, rate=rate):
                tau = 1 / (2 * np.pi * cutoff)
                return 1 / (1 + tau * rate)

            dx = (values[k] - filtered[-1]) * rate
            speed = alpha(0.7) * dx + (1 - alpha(0.7)) * speed
            a = alpha(1.3 + 0.4 * abs(speed))
            filtered.append(a * values[k] + (1 - a) * filtered[-1])
        return np.array(filtered)

    expected = np.zeros_like(poses)
    for joint in range(24):
        x, y, z = poses[:, joint].T
        a = np.sqrt(x**2 + y**2 + z**2)  # (9)
        phi = [np.divide(c, a, out=np.zeros_like(a), where=a > 0) for c in (x, y, z)]  # (10)
        a_hat = filter_1d(a)  # (11)
        for k in range(3):
            expected[:, joint, k] = a_hat * filter_1d(phi[k])  # (12), (8)
    settings = SmoothingSettings(min_cutoff=1.3, beta=0.4, d_cutoff=0.7, mode="paper")
    smoothed, moved = smooth(poses, trans, t, settings)
    assert np.abs(smoothed - expected).max() < 1e-9
    assert np.abs(moved - np.stack([filter_1d(c) for c in trans.T], axis=1)).max() < 1e-9


@pytest.mark.parametrize("frames", [2, 16, 17, 18, 200])
def test_a_gain_that_all_numbers_share_gives_what_one_loop_gives(frames):
    """Gains of 0, which keep the state, and of 1, which forget it, among them."""
    rng = np.random.default_rng(9)
    x = rng.normal(size=(frames, 3, 5))
    gain = rng.choice([0.0, 1e-4, 0.3, 0.9, 1.0], (frames - 1, 1, 1))
    expected = x.copy()
    for _ in range(2):
        for k in range(frames - 1):
            expected[k + 1] = expected[k] + gain[k] * (expected[k + 1] - expected[k])
    assert np.abs(low_pass(x, gain, passes=2) - expected).max() < 1e-12


@pytest.mark.parametrize("passes", [1, 2])
def test_blocks_give_what_one_loop_gives(passes):
    """Also where the filter is so slow that a block never forgets its start."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(1000, 4, 5))
    gain = rng.uniform(1e-4, 0.3, (999, 4, 5)) * [1, 1, 1, 1, 1e-3]
    axis = rng.normal(size=(999, 3, 5))
    axis /= 1.2 * np.linalg.norm(axis, axis=1, keepdims=True)
    extra = rng.uniform(0, 0.3, (999, 5))
    expected = x.copy()
    for _ in range(passes):
        for k in range(999):
            error = expected[k + 1] - expected[k]
            step = gain[k] * error
            step[1:] += extra[k] * axis[k] * (axis[k] * error[1:]).sum(axis=0)
            expected[k + 1] = expected[k] + step
    assert np.abs(low_pass(x, gain, axis, extra, passes) - expected).max() < 1e-7


@pytest.mark.parametrize("count", [1, 2, 3, 257, 300])
@pytest.mark.parametrize("mode", ["causal", "zero_lag", "paper"])
def test_any_length(mode, count):
    poses = np.random.default_rng(9).normal(0, 0.3, (count, 24, 3)).astype(np.float32)
    before = poses.copy()
    smoothed, moved = smooth(
        poses, poses[:, 0], np.arange(count) / 30, SmoothingSettings(mode=mode)
    )
    assert smoothed.shape == (count, 24, 3) and moved.shape == (count, 3)
    assert np.isfinite(smoothed).all() and np.isfinite(moved).all()
    assert (poses == before).all()


def test_two_frames_at_one_time():
    poses, t = spin(0.5, 1, 30, 0.2)
    t[10] = t[9]
    smoothed, _ = smooth(poses, still(len(t)), t, SmoothingSettings())
    assert np.isfinite(smoothed).all()


def test_settings_survive_json():
    settings = SmoothingSettings(min_cutoff=2.5, mode="causal", strength={"hands": 3})
    again = SmoothingSettings.from_dict(json.loads(json.dumps(settings.to_dict())))
    assert again == settings


@pytest.mark.parametrize(
    "data",
    [
        {"mode": "median"},
        {"min_cutoff": 0},
        {"min_cutoff": "soft"},
        {"beta": -1},
        {"cutoff": 1},
        {"strength": {"tail": 1}},
        {"strength": {"hands": -1}},
        {"strength": 2},
        {"strength": {"hands": float("nan")}},
        {"foot_lock": "no"},
    ],
)
def test_bad_settings_are_a_sentence(data):
    with pytest.raises(ValueError, match=r"\.$"):
        SmoothingSettings.from_dict(data)


def test_presets():
    names = {path.stem for path in PRESETS.glob("*.json")}
    assert names >= {"default", "gentle", "walk", "dance", "sport", "hands"}
    for path in PRESETS.glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["description"]
        SmoothingSettings.load(path)
    assert SmoothingSettings.load(PRESETS / "default.json") == SmoothingSettings()


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_a_broken_preset_is_named(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.json"):
        SmoothingSettings.load(path)
