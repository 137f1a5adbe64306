"""A clip of any length through a network of windows: overlapping ones, faded into each other."""

from collections.abc import Callable

import torch
from torch import Tensor

_BATCH = 16  # windows


def window_starts(frames: int, size: int, overlap: int) -> list[int]:
    """First frames of windows that cover `frames`; the last one ends with the clip."""
    if frames <= size:
        return [0]
    last = frames - size
    return [*range(0, last, size - overlap), last]


def blended(
    frames: int,
    size: int,
    overlap: int,
    look: Callable[[list[slice]], Tensor],
    *,
    batch: int = _BATCH,
    done: Callable[[float], None] = lambda share: None,
) -> Tensor:
    """(frames, C) of what look(spans) says of each window, (B, size, C), means where they overlap.

    overlap: frames that neighbours share, in which one fades into the other. done gets the share
    done.
    """
    starts = window_starts(frames, size, overlap)
    size = min(size, frames)
    fade = torch.ones(size)
    if len(starts) > 1 and overlap:
        ramp = (torch.arange(overlap) + 1) / (overlap + 1)
        fade[:overlap] *= ramp
        fade[-overlap:] *= ramp.flip(0)
    sums, total = None, torch.zeros(frames)
    for first in range(0, len(starts), batch):
        spans = [slice(start, start + size) for start in starts[first : first + batch]]
        with torch.no_grad():
            rows = look(spans)
        if sums is None:
            sums = torch.zeros(frames, rows.shape[-1])
        for part, span in zip(rows, spans, strict=True):
            sums[span] += fade[:, None] * part
            total[span] += fade
        done(min(1.0, (first + batch) / len(starts)))
    assert sums is not None, "a clip has frames"
    return sums / total[:, None]
