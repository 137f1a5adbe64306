"""Whether a take agrees with itself: joints with poses, rest pose with shape."""

import numpy as np

from ...body import load_body
from ...motion.body import Body
from ...motion.kinematics import forward_kinematics
from ...motion.take import Take
from ..report import Bar, Row, Table
from .session import Clip, Session

_BAR = Bar("≤", 0.1)
_JOINTS, _REST = "joints from poses, mm", "rest from betas, mm"


def measure(session: Session) -> list[Table]:
    """A row a take."""
    body = load_body()

    def of(clip: Clip) -> list[Row]:
        paths = {path.name.removesuffix(".take.npz"): path for path in clip.takes}
        return [row(name, Take.load(path), body) for name, path in paths.items()]

    title = "Takes: joints against forward kinematics, rest joints against the body (largest)"
    return [Table(title, {_JOINTS: ".4f", _REST: ".4f"}, session.rows(of))]


def row(name: str, take: Take, body: Body) -> Row:
    """The largest error of any joint and frame.

    Joints from poses, trans and the body's own rest joints; these hang at a height of their own,
    so only the figure counts.
    """
    rest = body.rest_joints(take.betas).astype(float)
    joints, _ = forward_kinematics(take.poses.astype(float), rest, take.trans.astype(float))
    figure = (rest - rest[0]) - (take.rest - take.rest[0])
    values = {_JOINTS: _largest(joints - take.joints), _REST: _largest(figure)}
    return Row(name, values, {_JOINTS: _BAR, _REST: _BAR})


def _largest(differences: np.ndarray) -> float:
    return 1000 * float(np.linalg.norm(differences, axis=-1).max())
