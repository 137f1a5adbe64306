"""The quality sheet: one picture that tells in five seconds whether a clip has to be done again."""

from collections.abc import Sequence

import cv2
import numpy as np

from .charts import HEIGHT, Chart
from .drawing import BACKGROUND, BAD, DOUBTFUL, FINE, MUTED, TEXT, box, fitted, write
from .figures import Clip, Person
from .stills import Still
from .verdict import CHECK, GOOD, REDO

WIDTH, EDGE, GAP = 1560, 24, 12
STILL = (242, 300)  # px, width and height
COUNT = 6  # stills
SHOWN = 4  # people with charts; a crowd's sheet stays a page
_COLOURS = {GOOD: FINE, CHECK: DOUBTFUL, REDO: BAD}
_WORDS = {GOOD: "GOOD", CHECK: "CHECK", REDO: "REDO"}
_HEAD, _REASON, _CAPTION, _PERSON = 74, 24, 26, 34


def draw_sheet(
    name: str, clip: Clip, verdict: tuple[str, list[str]], pictures: Sequence[Still]
) -> np.ndarray:
    """RGB uint8 (H, WIDTH, 3). verdict: as `judge` gives it."""
    grade, reasons = verdict
    people = clip.people[:SHOWN]
    more = len(clip.people) - len(people)
    height = (
        _HEAD + _REASON * len(reasons) + STILL[1] + _CAPTION + EDGE
        + (HEIGHT + _PERSON + GAP) * len(people) + (_PERSON if more else 0)
    )  # fmt: skip
    image = np.full((height, WIDTH, 3), BACKGROUND, np.uint8)
    y = _heading(image, name, clip, grade)
    for reason in reasons:
        cv2.circle(image, (EDGE + 5, y - 5), 4, _COLOURS[grade], -1, cv2.LINE_AA)
        write(image, (EDGE + 18, y), fitted(reason, WIDTH - 2 * EDGE - 18, 16), 16)
        y += _REASON
    y = _strip(image, pictures, y - 6)
    span = clip.start, clip.start + clip.seconds
    width = (WIDTH - 2 * EDGE - 2 * GAP) // 3
    for person in people:
        y = _line(image, person, y)
        for k, draw in enumerate((Chart.confidence, Chart.jitter, Chart.contacts)):
            draw(Chart(image, EDGE + k * (width + GAP), y, width, span), person)
        y += HEIGHT + GAP
    if more:
        write(image, (EDGE, y + 20), f"and {more} more", 16, MUTED)
    return image


def strip(pictures: Sequence[Still], height: int) -> np.ndarray:
    """The stills side by side, `height` px tall: for a page of many clips."""
    if not pictures:
        return np.full((height, height, 3), BACKGROUND, np.uint8)
    row = np.concatenate([still.rgb for still in pictures], axis=1)
    width = round(row.shape[1] * height / row.shape[0])
    return cv2.resize(row, (width, height), interpolation=cv2.INTER_AREA)


def _heading(image: np.ndarray, name: str, clip: Clip, grade: str) -> int:
    colour = _COLOURS[grade]
    box(image, (0, 0), (WIDTH, 6), colour)
    end = write(image, (EDGE, 48), _WORDS[grade], 28, colour, bold=True)
    counted = f"{len(clip.people)} {'person' if len(clip.people) == 1 else 'people'}"
    facts = (
        f"{counted}  ·  {clip.frames} frames  ·  {clip.seconds:.1f} s  ·  found in {clip.found:.0%}"
    )
    write(image, (WIDTH - EDGE, 47), facts, 17, MUTED, align="right")
    write(image, (end + 20, 48), fitted(name, 800, 24), 24, TEXT)
    return _HEAD + 16


def _strip(image: np.ndarray, pictures: Sequence[Still], y: int) -> int:
    for k, still in enumerate(pictures):
        x = EDGE + k * (STILL[0] + GAP)
        image[y : y + STILL[1], x : x + STILL[0]] = still.rgb
        colour, words = MUTED, f"{still.time:.1f} s"
        if still.worst:
            colour, words = DOUBTFUL, f"{words}, the least sure"
            cv2.rectangle(image, (x, y), (x + STILL[0] - 1, y + STILL[1] - 1), colour, 2)
        write(image, (x, y + STILL[1] + 18), words, 13, colour)
    return y + STILL[1] + _CAPTION


def _line(image: np.ndarray, person: Person, y: int) -> int:
    x = write(image, (EDGE, y + 22), f"Person {person.number}", 17, bold=True) + 16
    write(image, (x, y + 22), "  ·  ".join(_facts(person)), 15, MUTED)
    return y + _PERSON


def _facts(person: Person) -> list[str]:
    facts = [
        f"{person.start:.1f} – {person.end:.1f} s",
        f"seen in {person.found:.0%}",
        f"confidence {person.confidence:.0%}",
    ]
    if person.jitter_before is not None:
        facts.append(f"jitter {person.jitter_before:.1f} → {person.jitter_after:.1f}")
    if person.skate_before is not None:
        facts.append(
            f"standing feet slide {person.skate_before:.1f} → {person.skate_after:.1f} mm a frame"
        )
    if person.flips:
        facts.append(f"{person.flips:.0f} left-right flips a minute")
    return facts
