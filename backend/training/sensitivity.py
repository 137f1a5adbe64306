"""What the network's errors come from: the same windows with a share of BlazePose's.

python -m backend.training.sensitivity PAIRS/val [--weights FILE]

The network alone, neither smoothed nor fitted; it was never trained on so few errors, so that the
last rows say the least that more exact landmarks would bring.
"""

import argparse
from pathlib import Path

import torch

from ..body import load_body
from ..body.torch_body import TorchBody
from ..device import DEVICES, choose_device
from ..estimators.onetake import WEIGHTS, load_network
from ..evaluation.benchmark import score
from ..evaluation.report import Row, Table
from .faults import with_share
from .validation import validate
from .windows import Windows, load_windows

SHARES = ((1.0, 1.0), (0.5, 1.0), (1.0, 0.5), (0.5, 0.5), (0.25, 0.25), (0.0, 0.0))
_COLUMNS = {  # what `validate` calls it, and what it is called in a table
    "val_mpjpe": (score.MPJPE, ".1f"), "val_pa_mpjpe": (score.PA, ".1f"),
    "val_relative_accel": (score.RELATIVE, ".2f"), "val_limb_direction": (score.LIMBS, ".1f"),
    "val_angle_error": (score.ANGLES, ".1f"), "val_slope": (score.SLOPE, ".2f"),
    "val_r": (score.R, ".2f"),
}  # fmt: skip


def sensitivity(windows: Windows, weights: Path, device: torch.device) -> Table:
    """A row for every pair of SHARES: of the errors in the picture, and of world landmarks."""
    plain, network = load_body(), load_network(weights).to(device)
    here, there = TorchBody(plain), TorchBody(plain).to(device)
    rows = []
    for picture, world in SHARES:
        figures = validate(network, with_share(windows, here, picture, world), there, device)
        values = {title: figures[name] for name, (title, _) in _COLUMNS.items()}
        rows.append(Row(f"{picture:.0%}, {world:.0%}", values))
    columns = dict(_COLUMNS.values())
    return Table("BlazePose's errors kept: in the picture, of world landmarks", columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path, help="rendered pairs")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    arguments = parser.parse_args()
    device = torch.device(choose_device(arguments.device))
    print(sensitivity(load_windows(arguments.pairs), arguments.weights, device).markdown())


if __name__ == "__main__":
    main()
