"""Takes against truth: a multi-camera reference, and the sample that we rendered ourselves.

The benchmark's tables, for what `convert` wrote.
"""

from ...body import load_body
from ...commands import smoothing_settings
from ...motion.body import Body
from ...motion.take import Take
from ...people import PersonTrack
from ...video import probe
from ..benchmark import tables
from ..benchmark.bars import POSE2SIM
from ..benchmark.clip import Clip as Known
from ..benchmark.estimates import Estimates
from ..benchmark.scored import Scored, scored
from ..benchmark.sources import sample, triangulated
from ..report import Table
from .session import Clip, Session


def measure(session: Session) -> list[Table]:
    """Tables of the folder's clips that have a reference, with bars, then of the sample."""
    body = load_body()
    people: list[Scored] = []
    estimators: dict[str, None] = {}
    for clip in triangulated(session.folder):
        found = estimates(session.converted(clip.video))
        estimators |= dict.fromkeys(found.takes)
        people += _scored(clip, found, body)
    made = tables.source_tables("Accuracy, triangulated joints", people) if people else []
    values = tables.pooled_rows([person.samples for person in people if person.samples])
    if bars := tables.bar_rows(POSE2SIM, values, list(estimators)):
        made.append(tables.bar_table(bars))
    known = sample(body)
    found = estimates(session.converted(known.video))
    return made + tables.source_tables("Accuracy, sample", _scored(known, found, body))


def _scored(clip: Known, found: Estimates, body: Body) -> list[Scored]:
    settings = smoothing_settings("default")
    assert settings is not None
    return list(scored(clip, found, settings, body))


def estimates(clip: Clip) -> Estimates:
    """What a conversion found, from its files."""
    takes = [Take.load(path) for path in clip.takes]
    tracks = [PersonTrack.load(path) for path in clip.tracks]
    return Estimates(probe(clip.video), tracks, {takes[0].estimator: takes})
