"""Where the clips come from. Each source is a list of them, by the name that its bars have."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...bootstrap.processes import ROOT
from ...commands import SAMPLE
from ...conversion import Progress
from ...errors import OneTakeError
from ...motion.body import Body
from ...motion.take import Take
from . import mpi_inf_3dhp, pose2sim, threedpw
from .bars import CLIPS, POSE2SIM, RENDERED
from .clip import Clip, Truth

SAMPLE_TRUTH = ROOT / "tests" / "sample" / "sample.truth.take.npz"
THREEDPW, MPI_INF_3DHP = "3DPW", "MPI-INF-3DHP"


@dataclass(frozen=True)
class Folders:
    """What the user named."""

    clips: Path  # videos, some with a NAME.truth.npz
    threedpw: Path | None = None
    mpi_inf_3dhp: Path | None = None


def sources(
    folders: Folders, body: Body, progress: Progress
) -> dict[str, tuple[str, Callable[[], list[Clip]]]]:
    """Name -> title and how to get the clips, which may take long; without datasets not named."""
    found: dict[str, tuple[str, Callable[[], list[Clip]]]] = {
        RENDERED: ("Rendered clips", partial(rendered, body, progress)),
        POSE2SIM: ("Real clips with triangulated joints", partial(triangulated, folders.clips)),
        CLIPS: ("Clips without truth", partial(videos, folders.clips)),
    }
    if folders.threedpw:
        found[THREEDPW] = THREEDPW, partial(threedpw.clips, folders.threedpw, progress)
    if folders.mpi_inf_3dhp:
        reader = partial(mpi_inf_3dhp.clips, folders.mpi_inf_3dhp, progress)
        found[MPI_INF_3DHP] = MPI_INF_3DHP, reader
    return found


def rendered(body: Body, progress: Progress) -> list[Clip]:
    """People of our body in motion of the test split, rendered by Cycles; and the sample."""
    from ..rendered import rendered_clips

    made = [
        Clip(each.name, each.video, [Truth.of_take(Take.load(each.truth), body)], each.kind)
        for each in rendered_clips(progress)
    ]
    return [*made, sample(body)]


def sample(body: Body) -> Clip:
    """The clip that comes with OneTake, rendered too."""
    return Clip("sample", SAMPLE, [Truth.of_take(Take.load(SAMPLE_TRUTH), body)], "jump kick")


def triangulated(folder: Path) -> list[Clip]:
    """The videos of the folder that have a truth beside them."""
    truths = {video: video.with_suffix(".truth.npz") for video in _mp4s(folder)}
    return [
        Clip(video.stem, video, [pose2sim.read_truth(truth)])
        for video, truth in truths.items()
        if truth.exists()
    ]


def videos(folder: Path) -> list[Clip]:
    """Every video of the folder, as if nothing were known of it."""
    return [Clip(video.stem, video) for video in _mp4s(folder)]


def _mp4s(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.mp4"))
    if not found:
        raise OneTakeError(
            "no_clips", f"There are no .mp4 clips in {folder}; name their folder with --clips."
        )
    return found
