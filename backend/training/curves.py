"""A run's curves as a picture."""

import csv
import math
from pathlib import Path

from ..errors import OneTakeError
from .loop import CURVES

_SKIPPED = {"step", "minutes", "rate"}


def draw_curves(folder: Path) -> Path:
    """curves.csv of a run -> curves.png beside it, a panel a number. Needs matplotlib."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError as error:
        raise OneTakeError(
            "no_matplotlib", "Curves are drawn by matplotlib: `pip install matplotlib`."
        ) from error
    with (folder / CURVES).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name not in _SKIPPED]
    across = 5
    figure, axes = pyplot.subplots(
        math.ceil(len(names) / across), across, figsize=(16, 10), layout="constrained"
    )
    steps = [int(row["step"]) for row in rows]
    for axis, name in zip(axes.flat, names, strict=False):
        axis.plot(steps, [float(row[name]) for row in rows])
        axis.set_title(name, fontsize=9)
    for axis in axes.flat[len(names) :]:
        axis.axis("off")
    path = folder / "curves.png"
    figure.savefig(path, dpi=90)
    pyplot.close(figure)
    return path
