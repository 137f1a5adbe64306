"""Plots as PNG files: errors by joint and over time, and what smoothing trades."""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import OneTakeError
from ...motion.skeleton import JOINTS, LIMB_JOINTS
from . import score
from .scored import Scored
from .sweep import Point, best

_DPI = 110
_SMOOTH_FRAMES = 9  # of the running mean of an error over time: single frames hide the course


def ensure() -> None:
    """OneTakeError where matplotlib is missing: better known before the work than after it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise OneTakeError(
            "no_matplotlib",
            f"Plots need matplotlib: run `{sys.executable} -m pip install matplotlib`, or leave "
            "--plots away.",
        )


def draw(
    people: Mapping[str, Sequence[Scored]], points: Sequence[Point], file: Callable[[str], Path]
) -> None:
    """Every plot that there is something for; file: name -> path of the PNG.

    people: by source. points: of a sweep.
    """
    ensure()
    for source, everybody in people.items():
        compared = [person for person in everybody if person.samples]
        if compared:
            _joints(source, by_joint(compared), file(f"{source}.joints"))
            _over_time(source, compared, file(f"{source}.time"))
    if points:
        _trade(points, file("smoothing"))


def by_joint(people: Sequence[Scored]) -> dict[str, np.ndarray]:
    """Row -> (12,) mm: PA-MPJPE of each limb joint over everybody's frames."""
    names = dict.fromkeys(row for person in people for row in person.samples)
    return {
        name: np.nanmean(
            np.concatenate([p.samples[name][score.PA] for p in people if name in p.samples]), axis=0
        )
        for name in names
    }


def over_time(errors: np.ndarray) -> np.ndarray:
    """(T, 12) mm -> (T,) mean over the known joints, as a running mean."""
    known = np.isfinite(errors)
    frames = np.where(known, errors, 0).sum(axis=1), known.sum(axis=1)
    window = np.ones(min(_SMOOTH_FRAMES, len(errors)))
    total, count = (np.convolve(each, window, "same") for each in frames)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _joints(title: str, errors: Mapping[str, np.ndarray], path: Path) -> None:
    figure, axes = _figure(11, 5)
    places, width = np.arange(len(LIMB_JOINTS)), 0.85 / len(errors)
    for k, (name, values) in enumerate(errors.items()):
        axes.bar(places + (k - (len(errors) - 1) / 2) * width, values, width, label=name)
    labels = [JOINTS[joint].replace("_", "\n") for joint in LIMB_JOINTS]
    axes.set_xticks(places, labels, fontsize=8)
    axes.set_ylabel(score.PA)
    _save(figure, axes, f"{title}: error by joint", path)


def _over_time(title: str, people: Sequence[Scored], path: Path) -> None:
    figure, axes = _figure(11, 2.6 * len(people), rows=len(people))
    for each, person in zip(np.atleast_1d(axes), people, strict=True):
        for name, samples in person.samples.items():
            errors = over_time(samples[score.PA])
            each.plot(person.times, errors, label=name, linewidth=1)
        each.set_title(person.clip, fontsize=9, loc="left")
        each.set_ylabel(score.PA, fontsize=8)
        each.set_ylim(bottom=0)
    np.atleast_1d(axes)[-1].set_xlabel("s")
    _save(figure, np.atleast_1d(axes)[0], f"{title}: error over time", path)


def _trade(points: Sequence[Point], path: Path) -> None:
    figure, axes = _figure(8, 6)
    cutoffs = dict.fromkeys(p.settings.min_cutoff for p in points if p.settings)
    for cutoff in cutoffs:
        line = [p for p in points if p.settings and p.settings.min_cutoff == cutoff]
        x = [p.values[score.SLOPE] for p in line]
        y = [p.values[score.JITTER] for p in line]
        axes.plot(x, y, "o-", markersize=4, label=f"min_cutoff {cutoff:g} Hz")
        for point, *place in zip(line, x, y, strict=True):
            axes.annotate(f"{point.settings.beta:g}", place, fontsize=7)
    raw = next(p for p in points if p.settings is None)
    axes.plot(raw.values[score.SLOPE], raw.values[score.JITTER], "k*", label="raw")
    if chosen := best(points):
        place = chosen.values[score.SLOPE], chosen.values[score.JITTER]
        axes.plot(*place, "o", markersize=14, fillstyle="none", color="black", label="by the rule")
    axes.set_xlabel("amplitude: slope (1 is right); beside each point its beta")
    axes.set_ylabel(score.JITTER)
    axes.set_yscale("log")
    _save(figure, axes, "What smoothing trades", path)


def _figure(width: float, height: float, rows: int = 1):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Without pyplot: no display, and no state that somebody else's plots share.
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows)


def _save(figure, axes, title: str, path: Path) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=7, loc="outside lower center", ncols=4)
    figure.suptitle(title, fontsize=11)
    figure.savefig(path)
