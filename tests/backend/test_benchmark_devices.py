"""Where the time goes on each device, and that its takes are the same."""

import re
import sys

import torch

from backend.device import choose_device
from backend.evaluation import benchmark_devices
from backend.evaluation.benchmark_devices import STAGES


def test_the_split_of_each_device_and_how_far_its_takes_are_apart(
    person, models, monkeypatch, capsys
):
    """Torch's port of BlazePose follows the person as LiteRT does: it looks in the same regions."""
    threads = torch.get_num_threads()
    monkeypatch.setattr(sys, "argv", ["benchmark_devices", str(person), "--threads", "1"])
    benchmark_devices.main()
    torch.set_num_threads(threads)
    said = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.splitlines()]
    rows = [row for row in rows if len(row) == len(STAGES) + 2]
    assert rows[0] == ["device", *STAGES, "frames/s of the sum"]
    names = [row[0] for row in rows[2:]]
    assert names[0] == "cpu" and len(names) == 2
    assert (names[1] == "torch, cpu") == (choose_device() == "cpu")
    for row in rows[2:]:
        each = [float(cell) for cell in row[1:-1]]
        assert all(ms >= 0 for ms in each) and each[STAGES.index("landmarks")] > 0
        assert abs(float(row[-1]) - 1e3 / sum(each)) < 1
    far, turned = map(float, re.search(r"differ by ([\d.]+) mm and ([\d.]+)", said).groups())
    assert far < 1 and turned < 0.2
