"""Which of the people in a video are meant: everybody, the most prominent one, or these numbers."""

from .errors import OneTakeError

# Person numbers from 1, the most prominent first, rising; or one of the two words.
PeopleChoice = str | tuple[int, ...]

WORDS = ("all", "largest")


def people_choice(text: str) -> PeopleChoice:
    """`all`, `largest` or numbers like `1,3`. OneTakeError bad_people where it is none of them."""
    text = text.strip()
    if text in WORDS:
        return text
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) for part in parts):
        raise OneTakeError(
            "bad_people",
            f"People are all, largest, or numbers of theirs from 1 like 1,3, not {text!r}.",
        )
    return tuple(sorted({int(part) for part in parts}))


def require_people(choice: PeopleChoice, found: list[int], video: str) -> list[int]:
    """Those of the person numbers `found`, in their order, that are chosen.

    OneTakeError no_such_person where a number is chosen that nobody in the video has.
    """
    if choice == "all":
        return found
    if choice == "largest":
        return found[:1]
    strangers = [number for number in choice if number not in found]
    if strangers:
        people = "1 person" if len(found) == 1 else f"{len(found)} people"
        raise OneTakeError(
            "no_such_person",
            f"{video} shows {people}, and none is number {strangers[0]}: `onetake.py people` tells "
            "who is who.",
        )
    return [number for number in found if number in choice]
