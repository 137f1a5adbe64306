"""The 1 euro filter: its published form, and the same filter as a recursion with known gains.

Casiez et al. 2012, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems". Seconds and hertz throughout; numpy only.
"""

import numpy as np

_BLOCKS = 32  # blocks of a long clip that advance together, so that numpy's overhead is shared
_SHORT = 256  # steps that are not worth splitting
_SAME = 1e-9  # radians or metres between two runs of a block that count as one
_ROWS = 16  # steps that one matrix stands for where all numbers share a gain


def one_euro(
    x: np.ndarray, timestamps: np.ndarray, min_cutoff: np.ndarray, beta: np.ndarray, d_cutoff: float
) -> np.ndarray:
    """The filter as published (algorithms 1 and 2), each number of x (T, ...) by itself.

    timestamps (T,) s; min_cutoff Hz and beta Hz per unit a second, either one number or shaped like
    x[0]; d_cutoff Hz.
    The speed is (x - last output) / dt, as in the paper and, since 2023, in its authors' code: it
    grows with the frame rate where the output lags, so 30 and 60 fps do not answer alike.
    """
    out = np.array(x, dtype=float)
    speed = np.zeros_like(out[0])
    steps = np.diff(timestamps)
    factors = 1 / (1 + 1 / (2 * np.pi * d_cutoff * steps))
    last = out[0]
    for value, dt, factor in zip(out[1:], steps, factors, strict=True):
        step = value - last
        speed += factor * (step / dt - speed)
        rate = 2 * np.pi * dt * (min_cutoff + beta * np.abs(speed))
        value[...] = last + step * (rate / (1 + rate))  # 1 / (1 + tau / dt), tau = 1 / (2 pi fc)
        last = value
    return out


def gains(cutoff: np.ndarray, dt: np.ndarray, power: float) -> np.ndarray:
    """Gain a of y += a (x - y) that leaves `power` at `cutoff` Hz when frames are dt s apart.

    Exact at every frame rate, unlike 1 / (1 + tau / dt), which at 5 fps is far off:
    |H|^2 = a^2 / (a^2 + 2 (1 - a) (1 - cos w)) = power, solved for a.
    """
    w = 2 * np.pi * np.minimum(cutoff * dt, 1e6)
    # Above Nyquist there is nothing left to cut; the gain goes on to 1 without a step.
    c = np.where(w < np.pi, 2 * np.sin(w / 2) ** 2, 2 * (w / np.pi) ** 2)
    return 2 * c / (c + np.sqrt(c * (c + 2 * (1 / power - 1))))


def low_pass(
    x: np.ndarray,
    gain: np.ndarray,
    axis: np.ndarray | None = None,
    extra: np.ndarray | None = None,
    passes: int = 1,
) -> np.ndarray:
    """y[0] = x[0]; y[t+1] = y[t] + G[t] (x[t+1] - y[t]): a low-pass whose gains are known.

    x (T, D, C): C channels of D numbers. G[t] = gain[t] I + extra[t] axis[t] axis[t]^T, with gain
    (T-1, 1 or D, 1 or C), extra (T-1, C), and axis (T-1, 3, C) in the last three of the D numbers.
    With more passes, y goes through the same again.

    Ten thousand small steps cost numpy more in calls than in sums, so a long clip is cut into
    blocks that advance side by side.
    """
    steps = len(x) - 1
    if not steps:
        return x.copy()
    if axis is None and gain[0].size == 1:
        return _low_pass_alike(x, gain.reshape(steps).astype(float), passes)
    blocks = _BLOCKS if steps > _SHORT else 1
    length = -(-steps // blocks)

    def split(values: np.ndarray) -> np.ndarray:
        # (steps, D, C) -> (length, D, blocks, C); the padding's gain of 0 keeps the state. Always
        # double: in single precision a slow filter would stall before it arrives.
        out = np.zeros((length, values.shape[1], blocks, values.shape[2]))
        for block in range(blocks):
            part = values[block * length : (block + 1) * length]
            out[: len(part), :, block] = part
        return out

    y, gain = split(x[1:]), split(gain)
    pull = None
    if axis is not None:
        axis, pull = split(axis), split(axis * extra[:, None])
    for _ in range(passes):
        y = _advance(y, x[0], gain, axis, pull)
    y = y.transpose(2, 0, 1, 3).reshape(blocks * length, *x.shape[1:])
    return np.concatenate([x[:1], y[:steps]]).astype(x.dtype)


def _advance(x, first, gain, axis, pull):
    """One pass over (length, D, blocks, C) from the state first (D, C).

    Each block starts from a guess of its first state, and then again from the state that the block
    before it really reached, until both runs agree. That is exact, and quick because the filter
    forgets: the second run is short.
    """
    y = np.empty_like(x)
    error, state = np.empty_like(x[0]), np.empty_like(x[0])
    along = np.empty_like(x[0, -3:])
    reached = x[-1]
    for run in range(x.shape[2]):
        last = np.concatenate([first[:, None], reached[:, :-1]], axis=1)
        for t in range(len(x)):
            np.subtract(x[t], last, out=error)
            if axis is not None:
                np.multiply(error[-3:], axis[t], out=along)
                along[0] += along[1]
                along[0] += along[2]
            error *= gain[t]
            if axis is not None:
                error[-3:] += np.multiply(pull[t], along[0], out=along)
            if run and t % 16 == 0:
                np.add(last, error, out=state)
                if np.abs(state - y[t]).max() < _SAME:
                    return y
            last = np.add(last, error, out=y[t])
        reached = y[-1]
    return y


def _low_pass_alike(x, gain, passes):
    """`low_pass` with one gain (T-1,) for all numbers of a step: some steps at once are a matrix.

    After a block of steps y = M x + d y0: each x of the block by its gain and by what the later
    steps leave of it, and d by what all of them leave of the state before.
    """
    steps = len(gain)
    blocks = -(-steps // _ROWS)
    gains = np.zeros(blocks * _ROWS)  # the padding's keep the state
    gains[:steps] = gain
    gains = gains.reshape(blocks, _ROWS)
    weights, left = np.zeros((blocks, _ROWS, _ROWS)), np.cumprod(1 - gains, axis=1)
    for row in range(_ROWS):
        if row:
            np.multiply(weights[:, row - 1], 1 - gains[:, row, None], out=weights[:, row])
        weights[:, row, row] = gains[:, row]
    y = np.zeros((blocks * _ROWS, x[0].size))
    y[:steps] = x[1:].reshape(steps, -1)
    for _ in range(passes):
        y = weights @ y.reshape(blocks, _ROWS, -1)
        state = x[0].ravel().astype(float)
        for block, kept in zip(y, left, strict=True):
            block += np.multiply.outer(kept, state)
            state = block[-1]
    y = y.reshape(-1, *x.shape[1:])
    return np.concatenate([x[:1], y[:steps]]).astype(x.dtype)
