"""A take on the official SMPL body: its rotations carry over, its shape is fitted; numpy only."""

from ...backend.motion.body import Body
from ...backend.motion.take import Take
from .carry import carry, fit_bones
from .rest_skeleton import RestSkeleton


def on_smpl(take: Take, ours: Body, smpl: Body) -> Take:
    """The same motion on an SMPL body (`backend.body.smpl_file`) with bones of the same lengths.

    ours: the body that the take was made with.
    """
    return on_body(take, RestSkeleton.of(ours), smpl)


def on_body(take: Take, before: RestSkeleton, body: Body) -> Take:
    """As `on_smpl`, for any body; before: the skeleton of the take's own."""
    after = RestSkeleton.of(body)
    betas = fit_bones(after, take.rest)
    return carry(take, before, after, betas, body.name, rest=body.rest_joints(betas))
