"""Windows over a clip, faded into each other."""

import pytest
import torch

from backend.estimators.blending import blended, window_starts


@pytest.mark.parametrize("frames", [1, 5, 8, 9, 13, 30])
@pytest.mark.parametrize(("size", "overlap"), [(8, 4), (8, 0), (1, 0), (8, 7)])
def test_every_frame_is_covered_and_a_constant_stays(frames, size, overlap):
    shares = []
    said = blended(
        frames,
        size,
        overlap,
        lambda spans: torch.full((len(spans), min(size, frames), 2), 3.0),
        batch=2,
        done=shares.append,
    )
    assert said.shape == (frames, 2)
    torch.testing.assert_close(said, torch.full((frames, 2), 3.0))
    assert shares == sorted(shares) and shares[-1] == 1
    starts = window_starts(frames, size, overlap)
    assert starts[-1] + min(size, frames) == frames


def test_a_frame_is_what_its_windows_say_of_it():
    """Each window says the frames' numbers: their blend must be those, whatever the fade."""
    numbers = torch.arange(23.0)[:, None]
    said = blended(23, 8, 3, lambda spans: torch.stack([numbers[span] for span in spans]))
    torch.testing.assert_close(said, numbers)


def test_neighbours_fade_into_each_other():
    """The first window says 0, the next 1: between them the blend climbs."""
    answers = iter([0.0, 1.0])
    said = blended(
        12,
        8,
        4,
        lambda spans: torch.stack([torch.full((8, 1), next(answers)) for _ in spans]),
    )[:, 0]
    assert said[:4].eq(0).all() and said[8:].eq(1).all()
    assert (said[4:8].diff() > 0).all() and said[4] > 0 and said[7] < 1
