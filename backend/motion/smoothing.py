"""Rotation disentangled smoothing: the angle and the axis of each rotation, filtered apart.

After Sun et al., "Adversarial learning enhancement for 3D human pose and shape estimation",
section 3.3, and the 1 euro filter of Casiez et al. 2012. Three modes:

* "paper": equations 8-12 as printed. It flips: (a + 2 pi k, axis) and (-a + 2 pi k, -axis) are
  one rotation, so where a passes 0 or pi the numbers jump and the limb spins or stalls.
* "causal": the same idea on what does not jump. In the unit quaternion (cos a/2, sin a/2 axis) a
  change of angle moves along one direction and a change of axis across it. Both parts of the
  filter's error get their own gain, from their own speed, in one linear recursion, so that
  neither sign, turn count nor a passage through 0, pi or 2 pi can make a flip. The axis moves
  the limb by 2 sin(a/2) times its own change; that is how its speed is measured, and near a = 0,
  where it is noise, both parts share one gain.
* "zero_lag": the same twice forwards and twice backwards, with the cut-off of each pass raised so
  that a hertz means the same -3 dB. Four passes leave less jitter than two where they leave the
  same swing.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from .one_euro import gains, low_pass, one_euro
from .rotations import (
    axis_angle_to_quaternion,
    conjugate,
    continuous_quaternions,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from .skeleton import JOINT

MODES = ("zero_lag", "causal", "paper")

# The joints whose rotations a part's strength governs; "translation" is the root's position.
PARTS = {
    "root": ("pelvis",),
    "trunk": ("spine1", "spine2", "spine3", "left_collar", "right_collar"),
    "head": ("neck", "head"),
    "arms": ("left_shoulder", "right_shoulder", "left_elbow", "right_elbow"),
    "legs": ("left_hip", "right_hip", "left_knee", "right_knee"),
    "hands": ("left_wrist", "right_wrist", "left_hand", "right_hand"),
    "feet": ("left_ankle", "right_ankle", "left_foot", "right_foot"),
    "translation": (),
}

# Angle (rad) below which an axis is more noise than direction: landmark noise turns a joint by
# 0.05 to 0.1 rad, so at three times that the axis is known to about 20 degrees.
_AXIS_FADES = 0.25
_LEAST_STRENGTH = 1e-6  # of a part that is left as it is
_SHORTEST_STEP = 1e-4  # s; some files give two frames one time stamp


@dataclass(frozen=True)
class SmoothingSettings:
    """How much to smooth; the defaults suit a walk or a dance at 24 to 60 fps.

    A rotation's speed counts in rad/s and the root's in m/s: a body is about a metre in radius.
    """

    min_cutoff: float = 2.0  # Hz, of a limb that rests; lower is calmer
    beta: float = 1.0  # Hz per rad/s ("speed response"); higher keeps fast motion crisper
    d_cutoff: float = 1.0  # Hz, on the measured speed; 1 in Casiez et al.
    mode: str = "zero_lag"
    # Multiplies the filter's time constant: 0 leaves a part as it is, 2 halves its cut-off.
    strength: dict[str, float] = field(default_factory=dict)
    foot_lock: bool = True  # afterwards, see foot_lock.py; `smooth` itself leaves feet alone

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"The smoothing mode is {self.mode!r}, not one of {', '.join(MODES)}.")
        unknown = set(self.strength) - set(PARTS)
        if unknown:
            raise ValueError(
                f"Smoothing knows no body part {sorted(unknown)[0]!r}; it knows {', '.join(PARTS)}."
            )
        if not (self.min_cutoff > 0 and self.d_cutoff > 0 and self.beta >= 0):
            raise ValueError(
                "Smoothing needs cut-offs above 0 Hz and a speed response of 0 or more."
            )
        if not isinstance(self.foot_lock, bool):
            raise ValueError("Foot lock is on or off: true or false.")
        if any(not 0 <= value < np.inf for value in self.strength.values()):
            raise ValueError("A smoothing strength is 0 or more.")
        full = {part: float(self.strength.get(part, 1.0)) for part in PARTS}
        object.__setattr__(self, "strength", full)

    def to_dict(self) -> dict:
        """Plain numbers and text, for JSON; from_dict reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "SmoothingSettings":
        """Settings from a preset; what it leaves out keeps its default, "description" is prose.

        ValueError with a sentence when a key or a value is not one of ours.
        """
        known = {key: value for key, value in data.items() if key != "description"}
        unknown = set(known) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"A smoothing preset has no {sorted(unknown)[0]!r}.")
        try:
            return cls(**known)
        except (TypeError, AttributeError) as error:
            raise ValueError("A smoothing preset holds numbers, a mode and strengths.") from error

    @classmethod
    def load(cls, path: str | Path) -> "SmoothingSettings":
        """Read a preset (JSON); ValueError with a sentence when it is not one."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{Path(path).name} is not a JSON file.") from error
        if not isinstance(data, dict):
            raise ValueError(f"{Path(path).name} is not a smoothing preset.")
        return cls.from_dict(data)

    def channel_strengths(self) -> np.ndarray:
        """(25,) strength of each joint's rotation, then of the translation."""
        strengths = np.full(25, self.strength["translation"])
        for part, joints in PARTS.items():
            strengths[[JOINT[name] for name in joints]] = self.strength[part]
        return strengths


def smooth(
    poses: np.ndarray, trans: np.ndarray, timestamps: np.ndarray, settings: SmoothingSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed poses and trans; the input is not changed.

    poses (T, 24, 3) axis-angle, radians, parent-relative, any number of turns; trans (T, 3) metres;
    timestamps (T,) seconds, rising, at any rate. Returns float arrays of the same shapes, the poses
    with angles in [0, pi] (in "paper" mode, whatever the equations give).
    """
    poses, trans, timestamps = (np.asarray(a, float) for a in (poses, trans, timestamps))
    count = len(poses)
    assert poses.shape == (count, 24, 3), f"poses are {poses.shape}, not (T, 24, 3)"
    assert trans.shape == (count, 3), f"trans is {trans.shape}, not ({count}, 3)"
    assert timestamps.shape == (count,), f"timestamps are {timestamps.shape}, not ({count},)"
    assert (np.diff(timestamps) >= 0).all(), "timestamps go backwards"
    if count < 2:
        return poses.copy(), trans.copy()
    dt = np.maximum(np.diff(timestamps), _SHORTEST_STEP)
    timestamps = np.concatenate([[0], np.cumsum(dt)])
    if settings.mode == "paper":
        return _smooth_as_printed(poses, trans, timestamps, settings)
    # Speeds and gains need no more than single precision, and it halves their cost.
    poses, trans = poses.astype(np.float32), trans.astype(np.float32)
    quaternions = continuous_quaternions(axis_angle_to_quaternion(poses))
    pad = 0
    if settings.mode == "zero_lag":
        quaternions, trans, timestamps, pad = _extend(quaternions, trans, timestamps, settings)
    # One state for everything: 24 quaternions and, as the vector part of a 25th, the translation.
    x = np.zeros((len(quaternions), 4, 25), np.float32)
    x[:, :, :24] = quaternions.swapaxes(1, 2)
    x[:, 1:, 24] = trans
    y = _smooth_state(x, np.diff(timestamps).astype(np.float32), settings)
    y = y[pad : pad + count]
    quaternions = y[:, :, :24].swapaxes(1, 2)
    norms = np.linalg.norm(quaternions, axis=-1, keepdims=True)
    return quaternion_to_axis_angle(quaternions / norms), y[:, 1:, 24].copy()


def _smooth_as_printed(poses, trans, timestamps, settings):
    """Equations 8-12: the angle and the three numbers of the axis, each through a 1 euro filter.

    The filtered axis is not made a unit vector again; a rotation of 0, whose axis equation 10
    leaves undefined, gets (0, 0, 0).
    """
    angle = np.linalg.norm(poses, axis=-1, keepdims=True)  # (9)
    axis = poses / np.where(angle > 0, angle, 1)  # (10)
    strengths = np.repeat(settings.channel_strengths(), [4] * 24 + [3])
    scale = 1 / np.maximum(strengths, _LEAST_STRENGTH)
    state = np.concatenate([angle, axis], axis=-1)
    out = one_euro(
        np.concatenate([state.reshape(len(poses), 96), trans], axis=1),
        timestamps,
        settings.min_cutoff * scale,
        settings.beta * scale,
        settings.d_cutoff,
    )
    state = out[:, :96].reshape(state.shape)
    return state[..., :1] * state[..., 1:], out[:, 96:]  # (8)


def _extend(quaternions, trans, timestamps, settings):
    """The motion run on at both ends, turned about its first and last frame: constant velocity.

    Without it the backward pass would start from where the forward pass lags.
    """
    # A period of the slowest cut-off: what lies further off weighs nothing.
    strongest = max(settings.strength.values())
    reach = max(strongest / settings.min_cutoff, 1 / settings.d_cutoff)
    count = len(timestamps)
    pad = int(min(count - 1, max(
        np.searchsorted(timestamps, timestamps[0] + reach, side="right"),
        count - np.searchsorted(timestamps, timestamps[-1] - reach),
    )))  # fmt: skip

    def extended(values, turned):
        before, after = values[pad:0:-1], values[-2 : -pad - 2 : -1]
        return np.concatenate([turned(before, values[0]), values, turned(after, values[-1])])

    def about_frame(q, end):
        return multiply_quaternions(multiply_quaternions(end, conjugate(q)), end)

    def about_point(p, end):
        return 2 * end - p

    return (
        extended(quaternions, about_frame),
        extended(trans, about_point),
        extended(timestamps, about_point),
        pad,
    )


def _smooth_state(x, dt, settings):
    """Filter (T, 4, 25): quaternions, and the translation as the vector part of the last.

    Speeds and gains belong to the T-1 steps between frames, dt (T-1,) seconds each, so both
    directions share them.
    """
    both = settings.mode == "zero_lag"
    # Half the power at the cut-off is -3 dB; four passes multiply what each leaves.
    power = 0.5**0.25 if both else 0.5
    between = (dt[1:] + dt[:-1]) / 2
    velocity = _run(
        _velocities(x, dt), gains(settings.d_cutoff, between, power)[:, None, None], both
    )
    axis = _axes(x)
    squared = _dot(velocity, velocity)
    parallel = _dot(velocity, axis) ** 2
    known = _dot(axis, axis)  # 1 where the axis means something, 0 at no rotation
    scale = 1 / np.maximum(settings.channel_strengths(), _LEAST_STRENGTH).astype(np.float32)

    def gain(speed_squared):
        speed = np.sqrt(np.maximum(speed_squared, 0))
        return gains((settings.min_cutoff + settings.beta * speed) * scale, dt[:, None], power)

    across = gain(squared - parallel)
    along = gain(parallel + (1 - known) * squared)
    gain_rows = np.stack([along, across, across, across], axis=1)
    return _run(x, gain_rows, both, axis, along - across)


def _run(x, gain, both, axis=None, extra=None):
    """low_pass; with both, twice forwards and twice back, which cuts noise more steeply."""
    if not both:
        return low_pass(x, gain, axis, extra)
    y = low_pass(x, gain, axis, extra, passes=2)
    if axis is None:
        return low_pass(y[::-1], gain[::-1], passes=2)[::-1]
    return low_pass(y[::-1], gain[::-1], axis[::-1], extra[::-1], passes=2)[::-1]


def _dot(a, b):
    return np.einsum("tdc,tdc->tc", a, b)


def _velocities(x, dt):
    """(T-1, 3, 25): rad/s in the parent's axes, and for the translation m/s."""
    w0, w1 = x[:-1, 0], x[1:, 0]
    v0, v1 = x[:-1, 1:], x[1:, 1:]
    # The rotation q1 q0^-1 of each step, as sine and cosine of half its angle.
    step = v1 * w0[:, None] - v0 * w1[:, None]
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        step[:, a] += v0[:, b] * v1[:, c] - v0[:, c] * v1[:, b]
    sine = np.sqrt(_dot(step, step))
    cosine = w0 * w1 + _dot(v0, v1)
    step *= (2 * np.arctan2(sine, cosine) / np.maximum(sine, 1e-12))[:, None]
    step[:, :, 24] = v1[:, :, 24] - v0[:, :, 24]
    step /= dt[:, None, None]
    return step


def _axes(x):
    """(T-1, 3, 25) rotation axes between frames, fading to 0 where the rotation does.

    A unit vector in either direction far from no rotation; only its outer product is used.
    """
    middle = x[1:] + x[:-1]  # half way, but for its length
    middle[:, :, 24] = 0
    axis = middle[:, 1:]
    sine = _dot(axis, axis)
    length = sine + middle[:, 0] ** 2
    axis /= np.sqrt(sine + (_AXIS_FADES / 2) ** 2 * length + 1e-12)[:, None]
    return axis
