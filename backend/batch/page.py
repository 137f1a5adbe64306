"""The report as a page of HTML that needs nothing but itself and the files it links to."""

from html import escape
from pathlib import Path
from urllib.parse import quote

from ..terminal import span
from .page_style import SCRIPT, STYLE

_WORDS = {"failed": "Failed", "redo": "Redo", "check": "Check", "good": "Good"}
# What a file is called on the page, by its ending, in this order; None: what follows its clip's
# name, which tells presets and people apart (".unreal.fbx", ".person2.glb").
_LINKS = (
    (".quality.png", "Quality sheet"), (".preview.mp4", "Preview"), (".blend", None),
    (".fbx", None), (".glb", None), (".bvh", None), (".usdc", None), (".abc", None),
    (".amass.npz", None), (".take.npz", "Take"),
)  # fmt: skip


def page(report: dict) -> str:
    """The page of what `Report.to_dict` says."""
    counts = report["counts"]
    converted = [clip for clip in report["clips"] if "found" in clip]
    motion = sum(clip["seconds"] for clip in converted)
    waiting = counts["waiting"]
    title = "OneTake batch"
    tiles = [
        _tile(grade, counts[grade], word) for grade, word in reversed(_WORDS.items())
    ]  # fmt: skip
    if waiting:
        tiles.append(_tile("waiting", waiting, "Not done yet"))
    unchanged = sum(clip["state"] == "unchanged" for clip in report["clips"])
    facts = [
        f"{len(report['clips'])} clips",
        f"{sum(clip['frames'] for clip in converted)} frames, {span(motion)} of video",
        f"{report['jobs']} at a time on {report['device']}, {span(report['seconds'])}",
    ]
    if unchanged:
        facts.append(f"{unchanged} unchanged since an earlier run")
    facts.append(f"begun {report['started']}")
    facts.append(f"OneTake {report['version']}")
    options = " ".join(report["options"])
    cards = "\n".join(_card(clip) for clip in report["clips"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style></head>
<body>
<header>
<h1>{title}</h1>
<p class="facts">{" · ".join(map(escape, facts))}</p>
<p class="options"><code>{escape(options)}</code></p>
<div class="tiles">{"".join(tiles)}</div>
<input type="search" placeholder="Filter by name" aria-label="Filter by name">
</header>
<main>
{cards}
</main>
<script>{SCRIPT}</script>
</body></html>
"""


def _tile(grade: str, count: int, word: str) -> str:
    return (
        f'<button class="tile {grade}" data-grade="{grade}" aria-pressed="false">'
        f"<b>{count}</b> {word}</button>"
    )


def _card(clip: dict) -> str:
    grade = clip.get("verdict", "waiting")
    name = escape(clip["name"])
    head = f'<h2 title="{name}">{name}</h2><span class="chip">{_WORDS.get(grade, "Waiting")}</span>'
    if grade == "waiting":
        body = "<p>Not done yet.</p>"
    elif "error" in clip:
        body = f'<p class="error">{escape(clip["error"])}</p>'
    else:
        body = _results(clip)
    data = f'data-grade="{grade}" data-name="{name.casefold()}"'
    return f'<article class="{grade}" {data}><div class="head">{head}</div>{body}</article>'


def _results(clip: dict) -> str:
    files = clip["files"]
    sheet = next((name for name in files if name.endswith(".quality.png")), None)
    picture = f'<img alt="Moments of the clip" src="data:image/jpeg;base64,{clip["strip"]}">'
    if sheet:
        picture = f'<a class="strip" href="{quote(sheet)}">{picture}</a>'
    warnings = "".join(f"<li>{escape(sentence)}</li>" for sentence in clip["warnings"])
    warnings = f'<ul class="warnings">{warnings}</ul>' if warnings else ""
    stem = Path(clip["video"]).stem
    links = "".join(_link(name, word) for name, word in _named(files, stem))
    return f"{picture}{warnings}{_figures(clip)}<nav>{links}</nav>"


def _named(files: list[str], stem: str) -> list[tuple[str, str]]:
    """Files and what to call them; further people's say whose they are."""
    bare = {name: name.rsplit("/", 1)[-1] for name in files}
    found = []
    for ending, word in _LINKS:
        mine = [name for name in files if name.endswith(ending)]
        for number, name in enumerate(mine, 1):
            numbered = word if number == 1 else f"{word} {number}"
            found.append((name, numbered if word else bare[name].removeprefix(stem)))
    rest = set(files) - {name for name, _ in found}
    rest = sorted(name for name in rest if not name.endswith(".json"))
    return found + [(name, bare[name]) for name in rest]


def _link(name: str, word: str) -> str:
    return f'<a href="{quote(name)}">{escape(word)}</a>'


def _figures(clip: dict) -> str:
    heads = ("", "found", "confidence", "jitter", "foot skate")
    rows = "".join(_person(person) for person in clip["people"])
    people = len(clip["people"])
    about = (
        f"{people} {'person' if people == 1 else 'people'} · {clip['frames']} frames · "
        f"{span(clip['seconds'])} · found in {clip['found']:.0%}"
    )
    head = "".join(f"<th>{word}</th>" for word in heads)
    return f'<p class="about">{about}</p><table><tr>{head}</tr>{rows}</table>'


def _person(person: dict) -> str:
    cells = (
        f"person {person['number']}",
        f"{person['found']:.0%}",
        f"{person['confidence']:.0%}",
        _change(person["jitter_before"], person["jitter_after"]),
        _change(person["skate_before"], person["skate_after"]),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _change(before: float | None, after: float | None) -> str:
    return "–" if before is None or after is None else f"{before:.1f} → {after:.1f}"
