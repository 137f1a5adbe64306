"""Paper 000's figures, redrawn of our runs: 4, the generator's adversarial loss; 3, attention."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..benchmark import plots
from .runs import rows_of, run_of

PAPER = "sru_attention"


def draw(records: Mapping[str, Mapping[str, Any]], folder: Path) -> list[Path]:
    """PNGs of what there are runs for. Needs matplotlib."""
    plots.ensure()
    folder.mkdir(exist_ok=True)
    # Smoothing trains nothing.
    rows = [row for row in rows_of(PAPER) if not row.smoothed]
    first = {row.name: records.get(run_of(PAPER, row, 1).key) for row in rows}
    known = {name: record for name, record in first.items() if record}
    made = []
    if curves := {n: np.array(r["curve"]) for n, r in known.items() if "curve" in r}:
        made.append(_losses(curves, folder / "papers-adversarial.png"))
    if maps := {n: np.array(r["attention"]) for n, r in known.items() if "attention" in r}:
        made.append(_attention(maps, folder / "papers-attention.png"))
    return made


def _losses(curves: Mapping[str, np.ndarray], path: Path) -> Path:
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(7, 3.6), layout="constrained")
    for name, curve in curves.items():
        axis.plot(curve[:, 0], curve[:, 1], label=name)
    axis.axhline(0.5, color="grey", linewidth=0.8, linestyle="--")
    axis.set(xlabel="step", ylabel="the generator's adversarial loss", ylim=(0, None))
    axis.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return path


def _attention(maps: Mapping[str, np.ndarray], path: Path) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(maps), figsize=(3.4 * len(maps), 3.4), layout="constrained", squeeze=False
    )
    for axis, (name, weights) in zip(axes[0], maps.items(), strict=True):
        picture = axis.imshow(weights, vmin=0)
        axis.set(title=name, xlabel="frame attended to", ylabel="frame")
        figure.colorbar(picture, ax=axis, shrink=0.8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return path
