"""How many clips at a time, and how much of the machine each gets."""

import os
from dataclasses import dataclass

from ..device import choose_device

# Bytes that a conversion of a minute and its Blender have at their peak; half an hour has more, and
# `pool` sees to it when it comes to that.
WORKER_MEMORY = 1_200_000_000
GPU_MEMORY = 3_000_000_000  # bytes of a graphics card for each: networks, batches and CUDA itself
CORES = 2  # that a clip keeps busy: the preview's, and Blender's beside it


@dataclass(frozen=True)
class Share:
    """jobs: clips at a time. threads: of each one's networks. memory: bytes for all of them
    together, None: unlimited. device: where the networks run."""

    jobs: int
    threads: int
    memory: int | None
    device: str


def share_out(wanted: int | None, clips: int, memory: int | None, device: str) -> Share:
    """wanted: jobs that the user asked for, None for as many as make sense. clips: to be converted.
    memory: bytes for all, None where unlimited. device: as for `choose_device`.

    Somebody who asks for jobs gets them as far as the memory goes; one always runs.
    """
    device = choose_device(device)
    cores = available_cores()
    jobs = wanted or max(1, cores // CORES)
    if memory is not None:
        jobs = min(jobs, memory // WORKER_MEMORY)
    if device == "cuda":
        jobs = min(jobs, _gpu_room() // GPU_MEMORY)
    jobs = max(1, min(jobs, clips))
    return Share(jobs, max(1, cores // jobs), memory, device)


def available_cores() -> int:
    """Processors that we may use: a container's or a scheduler's are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gpu_room() -> int:
    import torch

    free, _ = torch.cuda.mem_get_info()
    return free
