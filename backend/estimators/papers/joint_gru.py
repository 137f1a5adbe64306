"""`joint_gru`: every joint's motion by a recurrent network of its own (paper 002).

Chen et al., "Decomposed human motion prior for video pose estimation via adversarial training",
section 2.3 and figure 2. Its discriminator and losses are in `backend.training.papers.joint_gru`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...people.blazepose_steps import WHOLE_FEATURES
from ..onetake.network import Draft
from ..rotations import from_six, to_six
from .camera import translation
from .gru import JointGRUs, JointHeads
from .observed import FrameInputs, JointInputs, Observed, from_settings
from .regressor import mean_pose
from .rotations import RotationEstimator

NAME = "joint_gru"
_JOINTS, _BETAS = 24, 10


@dataclass(frozen=True)
class Config:
    """Section 2.5's sizes."""

    temporal: bool = True  # without: each frame by itself, the first row
    features: int = 128  # of a joint, as PARE gives them
    context: int = 192  # width of the layers that stand for PARE's deeper ones
    hidden: int = 64  # of a joint's GRU
    layers: int = 2
    scale: float = 2.0  # of the camera before training: a person's rms spread is 1
    window: int = 16  # frames: T


@dataclass(frozen=True)
class Estimate(Draft):
    """A Draft, and the features before and after the joints' own temporal encoders."""

    features: Tensor  # (B, T, 24, F) f~
    frozen: Tensor  # (B, T, 24, F) f, nothing of which is learnt


class Network(nn.Module):
    """Observed -> Estimate (figure 2, without its discriminator).

    The paper takes its f_i from PARE, trained on single frames before and frozen then. So has this
    network a first time, of single frames, in which f_i and heads are learnt (`alone`); after it
    f_i are frozen and the joints' own encoders come between them and the heads.
    """

    def __init__(self, config: Config, whole: int = WHOLE_FEATURES) -> None:
        super().__init__()
        self.config, self.window = config, config.window
        self.register_buffer("alone", torch.tensor(False))
        self.register_buffer("taught", torch.tensor(0))  # steps of training: where it goes on
        self.inputs, self.frames = JointInputs(config.features), FrameInputs(whole)
        every = _JOINTS * config.features
        # PARE's features of a joint know the body around it; BlazePose's are of a shallow map.
        self.context = nn.Sequential(
            nn.Linear(self.frames.width, config.context), nn.ReLU(),
            nn.Linear(config.context, config.context), nn.ReLU(),
            nn.Linear(config.context, every),
        )  # fmt: skip
        self.encoders = (
            JointGRUs(_JOINTS, config.features, config.hidden, config.layers)
            if config.temporal
            else nn.Identity()
        )
        self.heads = JointHeads(_JOINTS, config.features)
        self.shape = nn.Linear(every, _BETAS)  # W_beta
        self.camera = nn.Linear(every, 3)  # W_c
        with torch.no_grad():
            # People stand upright and face the camera until the features say otherwise.
            self.heads.heads.weight.mul_(0.1)
            self.heads.heads.bias.copy_(to_six(mean_pose())[:, None])
            self.shape.bias.zero_()
            self.camera.bias.copy_(torch.tensor([config.scale, 0.0, 0.0]))

    def fit(self, typical: Observed) -> None:
        """Means and deviations of what it is given, from a part of the training set."""
        for inputs in (self.inputs, self.frames):
            inputs.standard.fit(inputs.raw(typical)[typical.seen])

    def forward(self, given: Observed) -> Estimate:
        """See Estimate; betas are the mean of what is said of each frame."""
        f = self.inputs(given) + self.context(self.frames(given)).unflatten(-1, (_JOINTS, -1))
        encoded = f
        if self.config.temporal and not self.alone:
            f = f.detach()
            encoded = self.encoders(f)  # eq. 1
        # The camera shape features c_i are PARE's own branch; here they are f_i too. Over 24:
        # layers of 3072 inputs would else run ahead of the heads at any one rate.
        c = f.flatten(2) / _JOINTS
        return Estimate(
            rotations=from_six(self.heads(encoded)),  # eq. 2 and 3
            trans=translation(self.camera(c), given.size),
            betas=self.shape(c).mean(dim=1),
            features=encoded,
            frozen=f,
        )


class Estimator(RotationEstimator):
    """See RotationEstimator; at any quality the same."""

    name, network_of = NAME, staticmethod(from_settings(Network, Config))
