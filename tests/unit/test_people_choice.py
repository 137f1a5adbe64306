"""Whom `--people` means."""

import pytest

from backend.errors import OneTakeError
from backend.people_choice import people_choice, require_people


@pytest.mark.parametrize(
    ("text", "choice"),
    [("all", "all"), ("largest", "largest"), ("1", (1,)), ("3, 1,3", (1, 3)), (" 12 ", (12,))],
)
def test_words_and_numbers(text, choice):
    assert people_choice(text) == choice


@pytest.mark.parametrize("text", ["", "1,", "0", "-1", "1.5", "everybody", "1;2", "²"])
def test_anything_else_is_refused(text):
    with pytest.raises(OneTakeError, match="all, largest, or numbers"):
        people_choice(text)


def test_the_chosen_are_those_that_were_found():
    assert require_people("all", [1, 2, 3], "a.mp4") == [1, 2, 3]
    assert require_people("largest", [1, 2, 3], "a.mp4") == [1]
    assert require_people((1, 3), [1, 2, 3], "a.mp4") == [1, 3]
    with pytest.raises(OneTakeError, match=r"a\.mp4 shows 2 people, and none is number 3"):
        require_people((1, 3), [1, 2], "a.mp4")
