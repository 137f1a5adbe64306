"""What the networks that answer with points are held to: the posed true body."""

from torch import Tensor

from ...body.torch_body import TorchBody
from ...estimators.papers.points import Points
from ..losses import posed


def true_points(body: TorchBody, rotations: Tensor, betas: Tensor) -> Points:
    """Of rotations (B, T, 24, 3, 3), joint 0 from rest to whatever axes, and betas (B, 10)."""
    body_ = posed(body, rotations, betas, rotations.new_zeros(*rotations.shape[:2], 3))
    return Points(body_["joints"], body_["landmarks"])
