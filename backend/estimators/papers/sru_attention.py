"""`sru_attention`: simple recurrent units and self-attention before VIBE's regressor (paper 000).

Sun et al., "Adversarial learning enhancement for 3D human pose and shape estimation", section 3.1
and figure 1. Its discriminator and losses are in `backend.training.papers.sru_attention`, rotation
disentangled smoothing in `backend.motion`.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from ...people.blazepose_steps import WHOLE_FEATURES
from ..onetake.network import Draft
from ..rotations import from_six
from .attention import TemporalAttention
from .camera import translation
from .observed import FrameInputs, Observed, from_settings
from .regressor import IterativeConfig, IterativeRegressor
from .rotations import RotationEstimator
from .sru import SRU

NAME = "sru_attention"


@dataclass(frozen=True)
class Config:
    """The paper names no sizes: where nothing else is said they are VIBE's, which it builds on."""

    encoder: Literal["sru_attention", "gru"] = "sru_attention"  # "gru": VIBE's, the first row
    image: bool = True  # BlazePose's features of the whole picture, for ResNet-50's
    landmarks: bool = True  # and its landmarks, which a ResNet does not give
    hidden: int = 1024  # of the encoder
    layers: int = 2  # of SRU or GRU
    # Around the encoder, from what it is given to what the regressor gets: the "skip connection" of
    # section 3.1, as VIBE's GRU has it. Without it the attention, whose weights begin even, makes
    # all frames of a window one for the first hundreds of steps.
    residual: bool = True
    width: int = 1024  # of the regressor
    dropout: float = 0.5  # of the regressor, in training
    iterations: int = 3  # of the regressor
    scale: float = 2.0  # of the mean camera: in the canonical view a person's rms spread is 1
    window: int = 16  # frames: VIBE's T

    def __post_init__(self) -> None:
        if self.encoder not in _ENCODERS:
            raise ValueError(f"no encoder is called {self.encoder!r}")


@dataclass(frozen=True)
class Estimate(Draft):
    """A Draft, and what the encoder looked at."""

    attention: Tensor | None  # (B, T, T) figure 3: how much of frame s is in frame t; None of a GRU


class Network(nn.Module):
    """Observed -> Estimate (figure 1, without its discriminator)."""

    def __init__(self, config: Config, whole: int = WHOLE_FEATURES) -> None:
        super().__init__()
        self.config, self.window = config, config.window
        self.inputs = FrameInputs(whole, image=config.image, landmarks=config.landmarks)
        self.encoder = _ENCODERS[config.encoder](self.inputs.width, config)
        self.regressor = IterativeRegressor(
            self.encoder.width,
            IterativeConfig(
                config.width, config.dropout, config.iterations, scale=config.scale
            ),
        )  # fmt: skip

    def fit(self, typical: Observed) -> None:
        """Means and deviations of what it is given, from a part of the training set."""
        self.inputs.standard.fit(self.inputs.raw(typical)[typical.seen])

    def forward(self, given: Observed) -> Estimate:
        """See Estimate; betas are the mean of what is said of each frame."""
        encoded, attention = self.encoder(self.inputs(given))
        sixes, betas, camera = self.regressor(encoded)
        return Estimate(
            rotations=from_six(sixes),
            trans=translation(camera, given.size),
            betas=betas.mean(dim=1),
            attention=attention,
        )


class AttentiveEncoder(nn.Module):
    """Section 3.1: SRU layers with skip connections, forward in time, then self-attention.

    The attention is what tells a frame of those after it.
    """

    def __init__(self, inputs: int, config: Config) -> None:
        super().__init__()
        self.width = inputs if config.residual else config.hidden
        self.sru = SRU(inputs, config.hidden, config.layers)
        self.attention = TemporalAttention(config.hidden)
        self.back = nn.Linear(config.hidden, inputs) if config.residual else None

    def forward(self, f: Tensor) -> tuple[Tensor, Tensor]:
        """f (B, T, inputs) -> h^ (B, T, width), and the attention's weights (B, T, T)."""
        attended, weights = self.attention(self.sru(f))  # eq. 4-7 of h
        return (f + self.back(attended) if self.back else attended), weights


class RecurrentEncoder(nn.Module):
    """VIBE's encoder (Kocabas et al. 2020, and its code): a GRU, a dense layer, and a residual."""

    def __init__(self, inputs: int, config: Config) -> None:
        super().__init__()
        self.width = inputs
        self.gru = nn.GRU(inputs, config.hidden, config.layers, batch_first=True)
        self.back = nn.Linear(config.hidden, inputs)

    def forward(self, f: Tensor) -> tuple[Tensor, None]:
        """f (B, T, inputs) -> (B, T, width), as wide as f; there is no attention."""
        states, _ = self.gru(f)
        return f + self.back(functional.relu(states)), None


_ENCODERS = {"sru_attention": AttentiveEncoder, "gru": RecurrentEncoder}


class Estimator(RotationEstimator):
    """See RotationEstimator; at any quality the same."""

    name, network_of = NAME, staticmethod(from_settings(Network, Config))
