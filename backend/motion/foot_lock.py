"""Foot lock: feet that stand stay, whatever smoothing made of them.

It comes after smoothing, so that smoothing cannot break it. While a heel stands, it stays and the
foot may roll about it; while a ball stands, it stays with its toes flat, and the heel may rise;
where both stand, the foot lies flat and keeps its heading. Between contacts the corrections ease
out and in again. The legs follow by two-bone inverse kinematics, the pelvis where they cannot.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from .foot_contacts import FootLockSettings, Hold, find_hold
from .leg_ik import bend, follow
from .one_euro import gains, low_pass
from .rotations import axis_angle_to_matrix, matrix_to_axis_angle

# Joints, left and right.
_HIPS, _KNEES, _ANKLES, _BALLS = [1, 2], [4, 5], [7, 8], [10, 11]

# Measures of a foot in lengths from ankle to ball: the ball over the sole (our body's shapes leave
# it by 1.3 mm at most), where heels roll behind the ankle, and toes end in front of the ball.
_SOLE, _HEEL, _TOES = 0.115, -0.2, 0.5

_RISE = 1.0  # Hz, of the height that standing feet give the whole body ...
_HIGHEST = 0.07  # m, of that height
_SHALLOW = 0.035  # m under the floor to which feet in the air raise the body; none at twice that
_FORGET = 0.02  # ... and keep where this share of it is left of them
_CLEARANCE = 0.01  # m over the floor from which feet in the air are kept out of it
_FASTEST = 1.0, 6.0  # m/s and rad/s with which a correction leaves a contact, at most
_STRAIGHT = 0.05  # of its squared length is what a leg's bones span, at least: less is straight
_SHORTEST_STEP = 1e-4  # s; some files give two frames one time stamp


def lock_feet(
    poses: np.ndarray,
    trans: np.ndarray,
    rest: np.ndarray,
    contacts: np.ndarray,
    timestamps: np.ndarray,
    settings: FootLockSettings | None = None,
    sole: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Poses and trans whose feet stay where they stand; the input is not changed.

    poses (T, 24, 3) axis-angle, parent-relative; trans (T, 3) pelvis joint in the world, metres, y
    up; rest (24, 3) m; contacts (T, 4) probability that left heel, left toe, right heel, right toe
    stand still; timestamps (T,) s, rising; sole: height of the foot joints over the soles at rest,
    m, None for that of a body like ours. Only legs and trans change.
    """
    settings = settings or FootLockSettings()
    poses, trans, rest, contacts, timestamps = (
        np.array(a, float) for a in (poses, trans, rest, contacts, timestamps)
    )
    count = len(poses)
    assert poses.shape == (count, 24, 3), f"poses are {poses.shape}, not (T, 24, 3)"
    assert trans.shape == (count, 3), f"trans is {trans.shape}, not ({count}, 3)"
    assert contacts.shape == (count, 4), f"contacts are {contacts.shape}, not ({count}, 4)"
    assert timestamps.shape == (count,), f"timestamps are {timestamps.shape}, not ({count},)"

    steps = np.maximum(np.diff(timestamps), _SHORTEST_STEP)
    timestamps = np.concatenate([[0.0], np.cumsum(steps)])

    legs = _Legs.of(poses, trans, rest)
    points = _points(rest, sole)
    hold = _hold(legs, points, contacts, timestamps, settings)
    legs = legs.moved(_rise(legs, points, hold, timestamps, settings))
    if settings.carry:
        legs = legs.moved(_carry(legs, points, hold, timestamps, settings))
    foot, toes, targets, weight = _feet(legs, points, hold, timestamps, settings)

    length = np.linalg.norm(np.diff(rest[[_HIPS, _KNEES, _ANKLES]], axis=0), axis=-1).sum(axis=0)
    shift = follow(legs.hips, legs.ankles, targets, length, weight)
    # A leg in the air goes with the pelvis, but not into the floor.
    targets = targets + (1 - weight[..., None]) * shift[:, None]
    targets[..., 1] += _lift(targets, foot, toes, weight, points, settings)
    # The axis of knees is from left to right at rest: about it they bend backwards.
    thigh_turn, shin_turn = bend(
        legs.hips, legs.knees, legs.ankles, targets - shift[:, None], legs.thigh[..., 0], weight
    )
    thigh, shin = thigh_turn @ legs.thigh, shin_turn @ legs.shin
    changed = weight.any(axis=1) | (targets != legs.ankles).any(axis=(1, 2))
    chain = [np.broadcast_to(legs.root, thigh.shape), thigh, shin, foot, toes]
    for joints, parent, child in zip(
        (_HIPS, _KNEES, _ANKLES, _BALLS), chain[:-1], chain[1:], strict=True
    ):
        local = np.swapaxes(parent[changed], -1, -2) @ child[changed]
        poses[np.ix_(changed, joints)] = matrix_to_axis_angle(local)
    return poses, trans + legs.way + shift


@dataclass(frozen=True)
class _Legs:
    """World rotations (T, 2, 3, 3) and joints (T, 2, 3), left and right; the root is one."""

    root: np.ndarray
    thigh: np.ndarray
    shin: np.ndarray
    foot: np.ndarray
    toes: np.ndarray
    hips: np.ndarray
    knees: np.ndarray
    ankles: np.ndarray
    way: np.ndarray | float = 0.0  # (T, 3) by which they were moved

    def moved(self, way: np.ndarray) -> "_Legs":
        """The same legs with the whole body moved by (T, 3)."""
        joints = {name: getattr(self, name) + way[:, None] for name in ("hips", "knees", "ankles")}
        return replace(self, **joints, way=self.way + way)

    @classmethod
    def of(cls, poses: np.ndarray, trans: np.ndarray, rest: np.ndarray) -> "_Legs":
        root = axis_angle_to_matrix(poses[:, :1])
        thigh = root @ axis_angle_to_matrix(poses[:, _HIPS])
        shin = thigh @ axis_angle_to_matrix(poses[:, _KNEES])
        foot = shin @ axis_angle_to_matrix(poses[:, _ANKLES])
        toes = foot @ axis_angle_to_matrix(poses[:, _BALLS])
        hips = trans[:, None] + _turned(root, rest[_HIPS] - rest[0])
        knees = hips + _turned(thigh, rest[_KNEES] - rest[_HIPS])
        ankles = knees + _turned(shin, rest[_ANKLES] - rest[_KNEES])
        return cls(root, thigh, shin, foot, toes, hips, knees, ankles)


@dataclass(frozen=True)
class _Points:
    """Points of both feet, (2, 3), at rest."""

    heel: np.ndarray  # of the sole, from the ankle
    ball: np.ndarray  # from the ankle
    under: np.ndarray  # of the sole, from the ball
    tip: np.ndarray  # of the sole, from the ball


def _points(rest, sole):
    ball = rest[_BALLS] - rest[_ANKLES]
    length = np.linalg.norm(ball, axis=-1, keepdims=True)
    under = np.array([0.0, -_SOLE * length.mean() if sole is None else -sole, 0.0])
    forward = ball * [1.0, 0.0, 1.0]
    forward *= length / np.linalg.norm(forward, axis=-1, keepdims=True)
    return _Points(
        heel=_HEEL * forward + ball * [0.0, 1.0, 0.0] + under,
        ball=ball,
        under=np.stack([under, under]),
        tip=_TOES * forward + under,
    )


def _hold(legs, points, contacts, timestamps, settings):
    """A Hold of both feet: its arrays are (T, 2) and (T, 2, 3)."""
    heel = legs.ankles + _turned(legs.foot, points.heel)
    ball = legs.ankles + _turned(legs.foot, points.ball)
    upright = legs.foot[..., 1, 1]
    left, right = (
        find_hold(
            heel[:, side], ball[:, side], upright[:, side],
            contacts[:, 2 * side : 2 * side + 2], timestamps,
            points.ball[side] - points.heel[side], settings,
        )
        for side in range(2)
    )  # fmt: skip
    names = [field.name for field in fields(Hold)]
    return Hold(*(np.stack([getattr(left, n), getattr(right, n)], axis=1) for n in names))


def _rise(legs, points, hold, timestamps, settings):
    """(T, 3) that raises or lowers the whole body, slowly, to the height that its feet stand at."""
    heel, ball = (legs.ankles + _turned(legs.foot, point) for point in (points.heel, points.ball))
    miss = np.where(hold.heel, hold.heel_place[..., 1] - heel[..., 1], 0)
    miss += np.where(hold.ball, hold.ball_place[..., 1] - ball[..., 1], 0)
    count = hold.heel.astype(float) + hold.ball
    # A foot that is in the floor would stand on it; deep in it, in the air, the floor is wrong.
    low = _lowest(heel, ball, legs.toes, points) - settings.floor
    sunk = np.where((count == 0) & (low < 0), np.clip(2 + low / _SHALLOW, 0, 1), 0)
    miss, count = miss - sunk * low, count + sunk
    rise = np.zeros((len(miss), 3))
    if len(miss) > 1:
        x = np.stack([miss.sum(axis=1), count.sum(axis=1)], axis=-1)[:, None]
        gain = gains(_RISE, np.diff(timestamps), 0.5**0.25)[:, None, None]
        x = low_pass(x, gain, passes=2)
        x = low_pass(x[::-1], gain[::-1], passes=2)[::-1]
        wanted = x[:, 0, 0] / (x[:, 0, 1] + _FORGET)
        # Further off, the floor is wrong rather than the body: it must stay on the picture.
        rise[:, 1] = np.clip(wanted, -_HIGHEST, _HIGHEST)
    return rise


def _carry(legs, points, hold, timestamps, settings):
    """(T, 3) that takes the body where its standing feet are to be, so that legs turn least.

    One foot takes it all the way. Of two, each asks by the square of the turn that its ankle's way
    costs: along a leg that is nearly straight much, across it little.
    """
    _, _, targets, weight = _feet(legs, points, hold, timestamps, settings)
    thigh, shin, line = legs.knees - legs.hips, legs.ankles - legs.knees, legs.ankles - legs.hips
    bent = np.linalg.norm(np.cross(thigh, shin), axis=-1)  # lengths times the sine of the knee
    square = np.maximum(np.sum(line * line, axis=-1), 1e-9)
    along = (square / (2 * np.maximum(bent, _STRAIGHT * square))) ** 2
    line /= np.sqrt(square)[..., None]
    cost = np.eye(3) + (along - 1)[..., None, None] * line[..., None] * line[..., None, :]
    # What is asked fades with its weight already; where one leg asks alone, it gets that.
    free = 1 - weight.max(axis=1)[:, None, None]
    total = np.einsum("tl,tlab->tab", weight, cost) + free * cost.mean(axis=1)
    asked = np.einsum("tlab,tlb->ta", cost, targets - legs.ankles)
    return np.linalg.solve(total, asked[..., None])[..., 0]


def _feet(legs, points, hold, timestamps, settings):
    """Where feet are to be: rotations of feet and toes, ankles, and (T, 2) how firmly, 0..1."""
    flat, stands = hold.heel & hold.ball, hold.heel | hold.ball

    def eased(values, mask, fastest):
        sides = [
            ease(values[:, side], mask[:, side], timestamps, settings.ease, fastest)
            for side in range(2)
        ]
        return np.stack(sides, axis=1)

    speed, spin = _FASTEST
    turn = np.zeros(legs.ankles.shape)
    turn[flat] = matrix_to_axis_angle(
        _heading(hold.foot_heading[flat]) @ np.swapaxes(legs.foot[flat], -1, -2)
    )
    turn = axis_angle_to_matrix(eased(turn, flat, spin))
    foot, toes = turn @ legs.foot, turn @ legs.toes
    turn = np.zeros(legs.ankles.shape)
    turn[hold.level] = matrix_to_axis_angle(
        _heading(hold.toe_heading[hold.level]) @ np.swapaxes(toes[hold.level], -1, -2)
    )
    toes = axis_angle_to_matrix(eased(turn, hold.level, spin)) @ toes

    heel, ball = (legs.ankles + _turned(foot, point) for point in (points.heel, points.ball))
    move = np.where(hold.heel[..., None], hold.heel_place - heel, 0)
    move = np.where(hold.ball[..., None], hold.ball_place - ball, move)
    move = eased(move, stands, speed)
    weight = eased(stands[..., None].astype(float), stands, 0.0)[..., 0]
    return foot, toes, legs.ankles + move, weight


def _lift(ankles, foot, toes, weight, points, settings):
    """(T, 2) by which feet in the air must rise to stay out of the floor."""
    heel, ball = (ankles + _turned(foot, point) for point in (points.heel, points.ball))
    low = _lowest(heel, ball, toes, points) - settings.floor
    near = np.clip((_CLEARANCE - low) / (2 * _CLEARANCE), 0, None)
    lift = np.where(near < 1, _CLEARANCE * near**2, -low)
    return (1 - weight**4) * lift * _trusted(low, settings)


def _lowest(heel, ball, toes, points):
    """(T, 2) height of the lowest point of each sole."""
    under, tip = (_turned(toes, point)[..., 1] for point in (points.under, points.tip))
    return np.minimum(heel[..., 1], ball[..., 1] + np.minimum(under, tip))


def _trusted(low, settings):
    """1, but 0 for feet so far below the floor that it is no matter of feet."""
    return np.clip(2 + 2 * low / settings.most, 0, 1)


def ease(
    values: np.ndarray, mask: np.ndarray, timestamps: np.ndarray, seconds: float, fastest: float
) -> np.ndarray:
    """(T, D) values that are known where mask (T,) is, led from there to 0 and back.

    A cubic takes each edge to 0 within `seconds`, or within the gap if that is shorter, with the
    speed that the values have there, up to `fastest` a second.
    """
    out = np.where(mask[:, None], values, 0.0)
    away = np.flatnonzero(~mask)
    if len(away) in (0, len(mask)):
        return out
    frames = np.arange(len(mask))
    before = np.maximum.accumulate(np.where(mask, frames, -1))[away]
    after = np.minimum.accumulate(np.where(mask, frames, len(mask))[::-1])[::-1][away]
    times = np.concatenate([timestamps, [np.inf, -np.inf]])  # of frames T and -1
    span = np.minimum(seconds, times[after] - times[before])
    for edge, inside, sign in ((before, before - 1, 1.0), (after, after + 1, -1.0)):
        passed = sign * (timestamps[away] - times[edge]) / span
        near = passed < 1
        at, edge, inside, width = passed[near], edge[near], inside[near], span[near]
        inside = np.clip(inside, 0, len(mask) - 1)
        step = np.maximum(np.abs(timestamps[edge] - timestamps[inside]), _SHORTEST_STEP)[:, None]
        rate = np.where(mask[inside][:, None], (values[edge] - values[inside]) / step, 0.0)
        speed = np.linalg.norm(rate, axis=-1, keepdims=True)
        rate *= np.minimum(1, fastest / np.maximum(speed, 1e-9))
        left, at, width = (1 - at[:, None]) ** 2, at[:, None], width[:, None]
        out[away[near]] += left * ((1 + 2 * at) * values[edge] + at * width * rate)
    return out


def _heading(angle):
    """(N,) rad -> (N, 3, 3) about y."""
    return axis_angle_to_matrix(angle[:, None] * [0.0, 1.0, 0.0])


def _turned(rotations, points):
    return np.einsum("...ab,...b->...a", rotations, points)
