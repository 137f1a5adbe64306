"""Which clips to do again, and why, in sentences."""

from dataclasses import dataclass

from .figures import Clip, Person

GOOD, CHECK, REDO = "good", "check", "redo"


@dataclass(frozen=True)
class Limits:
    """(check, redo): from where on a figure makes a clip one to look at, or to do again.

    A dozen real clips that look right lie well on the good side of the first of each pair.
    """

    found: tuple[float, float] = (0.9, 0.3)  # below; an empty stage may be meant
    gap: tuple[float, float] = (0.7, 3.0)  # s that are filled in from both ends
    confidence: tuple[float, float] = (0.7, 0.5)  # below; seated or half hidden, and worse
    legs: tuple[float, float] = (0.6, 0.0)  # below; a waist shot can be right for its upper half
    jitter: tuple[float, float] = (40.0, 80.0)  # 10 m/s^3, smoothed; true jumps reach 25
    skate: tuple[float, float] = (5.0, 15.0)  # mm a frame that standing feet slide, locked
    flips: tuple[float, float] = (0.5, 6.0)  # a minute; people exchange no legs


LIMITS = Limits()


def judge(clip: Clip, problem: str | None = None, limits: Limits = LIMITS) -> tuple[str, list[str]]:
    """GOOD, CHECK or REDO, and a sentence for each reason, the gravest first.

    problem: a sentence about what is missing from the video.
    """
    reasons = [(CHECK, problem)] if problem else []
    reasons += _below(
        clip.found, limits.found, f"Somebody is seen in only {clip.found:.0%} of the frames."
    )
    for person in clip.people:
        who = f"Person {person.number}" if len(clip.people) > 1 else "The person"
        reasons += _of_person(person, who, limits)
    reasons.sort(key=lambda reason: reason[0] == CHECK)
    return (reasons[0][0] if reasons else GOOD), [sentence for _, sentence in reasons]


def _of_person(person: Person, who: str, limits: Limits) -> list[tuple[str, str]]:
    reasons = _below(
        person.confidence,
        limits.confidence,
        f"{who}'s joints are sure to only {person.confidence:.0%}.",
    ) or _below(person.legs, limits.legs, f"{who}'s legs are sure to only {person.legs:.0%}.")
    start, end = person.gap
    sentence = f"{who} is out of sight from {start:.1f} to {end:.1f} s: the motion is made up."
    reasons += _above(end - start, limits.gap, sentence)
    if person.jitter_after is not None:
        sentence = f"{who} shakes (jitter {person.jitter_after:.0f} after smoothing)."
        reasons += _above(person.jitter_after, limits.jitter, sentence)
    if person.skate_after is not None:
        sentence = f"{who}'s standing feet slide {person.skate_after:.0f} mm a frame."
        reasons += _above(person.skate_after, limits.skate, sentence)
    sentence = f"{who}'s left and right change places {person.flips:.0f} times a minute."
    return reasons + _above(person.flips, limits.flips, sentence)


def _above(value: float, limit: tuple[float, float], sentence: str) -> list[tuple[str, str]]:
    check, redo = limit
    return [(REDO if value > redo else CHECK, sentence)] if value > check else []


def _below(value: float, limit: tuple[float, float], sentence: str) -> list[tuple[str, str]]:
    check, redo = limit
    return [(REDO if value < redo else CHECK, sentence)] if value < check else []
