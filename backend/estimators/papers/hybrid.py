"""A hybrid method for 3D human pose estimation (003, Pittner and Starlinger).

The features of a single frame, three dense layers, 85 numbers (section 2): 23 joint rotations, 10
betas and a camera of six, which carries the root's orientation. What is hybrid is how it learns:
from key points, silhouettes and a critic, without a single pair of picture and 3D; see
`backend.training.papers.hybrid`.
"""

from dataclasses import dataclass

from torch import nn

from ...people.blazepose_steps import WHOLE_FEATURES
from ..onetake.network import Draft
from .camera import translation
from .observed import FrameInputs, Observed, from_settings
from .regressor import ThreeLayerConfig, ThreeLayerRegressor
from .rotations import RotationEstimator


@dataclass(frozen=True)
class Config:
    """The paper names no number but 85: widths are HMR's, whose pipeline it is."""

    width: int = 1024  # of the two hidden layers
    gain: float = 0.01  # of the last layer's first weights: it starts near the mean
    # Of the mean camera, for HMR's 0.9: in the canonical view a person's landmarks have rms 1.
    scale: float = 2.0
    # The paper's input is ResNet-50's 2048 features of a picture. BlazePose's 1152 were learnt to
    # find landmarks and leave out what its heads add, so what they report goes in beside them.
    image: bool = True
    landmarks: bool = True


class Network(nn.Module):
    """Observed -> Draft; each frame by itself."""

    window = 1

    def __init__(self, config: Config, whole: int = WHOLE_FEATURES) -> None:
        super().__init__()
        self.config = config
        self.inputs = FrameInputs(whole, image=config.image, landmarks=config.landmarks)
        self.regressor = ThreeLayerRegressor(
            self.inputs.width, ThreeLayerConfig(config.width, config.gain, config.scale)
        )

    def fit(self, typical: Observed) -> None:
        """Means and deviations of what goes in, from a part of the training set."""
        self.inputs.standard.fit(self.inputs.raw(typical))

    def forward(self, given: Observed) -> Draft:
        """See Observed; windows of any length, of whose frames the betas are the mean."""
        rotations, betas, camera = self.regressor(self.inputs(given))
        return Draft(rotations, translation(camera, given.size), betas.mean(dim=1))


class Estimator(RotationEstimator):
    """See RotationEstimator; at any quality the same."""

    name, network_of = "hybrid", staticmethod(from_settings(Network, Config))
