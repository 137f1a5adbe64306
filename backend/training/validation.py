"""How good a network is on pairs it was not trained on, by the benchmark's metrics."""

from dataclasses import fields

import numpy as np
import torch
from torch import nn

from ..body.torch_body import TorchBody
from ..estimators.onetake.network import Answer
from ..evaluation import metrics
from ..motion.rotations import matrix_to_axis_angle
from .losses import Truth, posed
from .windows import Windows, prepared

_FRAMES = 2560  # of a batch


def validate(
    network: nn.Module, windows: Windows, body: TorchBody, device: torch.device
) -> dict[str, float]:
    """Figures of a network on windows, each with the prefix val_: mm, degrees, and ratios."""
    network.eval()
    answers, truths = [], []
    with torch.no_grad():
        batch = max(1, _FRAMES // windows.seen.shape[1])
        for start in range(0, len(windows), batch):
            given, truth = prepared(windows.take(slice(start, start + batch)), device)
            answers.append(network(given))
            truths.append(truth)
    answer, truth = _join(Answer, answers), _join(Truth, truths)
    with torch.no_grad():
        origin = torch.zeros_like(truth.trans)
        got = posed(body, answer.rotations, answer.betas, origin)["joints"].cpu().numpy()
        want = posed(body, truth.rotations, truth.betas, origin)["joints"].cpu().numpy()
    up = (answer.up * truth.up).sum(dim=-1).clamp(-1, 1).acos().rad2deg()
    return motion_figures(
        got, want, windows.times, answer.rotations.cpu().numpy(), truth.rotations.cpu().numpy()
    ) | {"val_up": float(up.mean())}


def motion_figures(
    got: np.ndarray,
    want: np.ndarray,
    times: np.ndarray,
    rotations: np.ndarray | None = None,
    true_rotations: np.ndarray | None = None,
) -> dict[str, float]:
    """Figures of joints (B, T, 24, 3) m against the truth at times (B, T) s, and of their
    rotations (B, T, 24, 3, 3) where they are known; NaN for what cannot be told.
    """
    # A single frame has no rate: nothing that moves is measured.
    steps = np.diff(times, axis=1)
    rates = 1 / steps.mean(axis=1) if steps.size else np.zeros(len(times))
    pairs = list(zip(got.astype(float), want.astype(float), rates, strict=True))
    # Acceleration at ten frames a second says nothing of jitter.
    fast = [pair for pair in pairs if pair[2] > 24]
    slopes = [_swing(a, b, fps) for a, b, fps in fast]
    angles = float("nan")
    if rotations is not None and true_rotations is not None:
        both = (matrix_to_axis_angle(r.astype(float)) for r in (rotations, true_rotations))
        angles = metrics.pooled(
            metrics.angle_errors(a[:, 1:], b[:, 1:]) for a, b in zip(*both, strict=True)
        )
    return {
        "val_mpjpe": metrics.pooled(metrics.mpjpe(a, b) for a, b, _ in pairs),
        "val_pa_mpjpe": metrics.pooled(metrics.pa_mpjpe(a, b) for a, b, _ in pairs),
        "val_relative_accel": _relative_acceleration(fast),
        "val_limb_direction": metrics.pooled(metrics.limb_directions(a, b) for a, b, _ in pairs),
        "val_angle_error": angles,
        "val_slope": _mean([s.slope for s in slopes]),
        "val_r": _mean([s.correlation for s in slopes]),
    }


def _join(kind: type, parts: list):
    return kind(**{f.name: torch.cat([getattr(p, f.name) for p in parts]) for f in fields(kind)})


def _mean(parts: list[np.ndarray]) -> float:
    """Of everything in them; NaN where nobody moves enough to tell."""
    values = np.concatenate([*parts, np.empty(0)])
    return float(values.mean()) if len(values) else float("nan")


def _relative_acceleration(fast: list[tuple[np.ndarray, np.ndarray, float]]) -> float:
    if not fast:
        return float("nan")
    return metrics.relative_acceleration(
        [metrics.acceleration_errors(a, b, fps=fps) for a, b, fps in fast],
        [metrics.accelerations(b, fps=fps) for _, b, fps in fast],
    )


def _swing(got: np.ndarray, want: np.ndarray, fps: float) -> metrics.Amplitude:
    return metrics.amplitude(metrics.limb_angles(got), metrics.limb_angles(want), fps)
