"""Every number of the `onetake` network and of how it is run."""

from dataclasses import dataclass

LANDMARKS = 33
JOINTS = 24
BETAS = 10
FEATURES = 64  # principal components of BlazePose's image features


@dataclass(frozen=True)
class NetworkConfig:
    """The size of the network: written into its weights, and read back from there."""

    width: int = 256
    layers: int = 6
    rounds: int = 3  # of equally many layers, each of which mends the pose of the one before
    heads: int = 8
    expansion: int = 4  # of the width, inside each layer's MLP
    dropout: float = 0.1
    # Hertz: the fastest and slowest turn of the rotary embedding of time. A frame of 30 a second is
    # an eighth of the fastest turn; the slowest one spans the longest window that is trained on.
    fastest: float = 4.0
    slowest: float = 0.1
    # Seconds: how far the heads of a layer look at first, the shortest and the longest. They learn
    # their own reach, but a network that was taught on single frames starts from neighbours.
    nearest: float = 0.03
    furthest: float = 1.0
    features: bool = False  # whether image features are among the inputs


@dataclass(frozen=True)
class CanonicalConfig:
    """The camera that looks straight at the person."""

    steadiness: float = 0.15  # seconds: how long its direction is averaged over
    least_spread: float = 1e-3  # of a ray's slope: a person smaller than this has no size
