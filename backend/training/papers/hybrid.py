"""How 003's hybrid network is trained: key points, silhouettes and a critic, no paired 3D.

Rendered people give what annotators give in the paper, the joints in the picture and the outline;
nothing of the true pose, the true shape or the distance is looked at but by `validate`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...estimators.ik.prior import joint_range
from ...estimators.papers.hybrid import Config as NetworkConfig
from ...estimators.papers.hybrid import Network
from ...estimators.rotations import matrix_to_axis_angle
from ...motion.skeleton import JOINT, LIMB_JOINTS
from ...people.blazepose_steps import LANDMARK_CELLS
from ..critics.adversarial import wgan_critic, wgan_generator
from ..critics.kinematic import KinematicConfig, KinematicCritic
from ..losses import Truth, centred_joints
from ..pairs.shards import SILHOUETTE, silhouettes
from ..windows import PicturedWindows, in_pieces
from . import losses
from .config import PaperConfig
from .judging import judge_rotations
from .material import Material, RealMotion, observed
from .region import Crop
from .rows import Row
from .silhouette import SilhouetteConfig, TrueSilhouettes, silhouette_loss, spread_vertices

# LSP's fourteen: of the hands, the feet and the turn of the head, no key point tells anything.
KEY_POINTS = [*LIMB_JOINTS, JOINT["neck"], JOINT["head"]]
_CELL = LANDMARK_CELLS / SILHOUETTE  # pixels of the crop along a silhouette's cell
# Degrees beyond the range of captured motion that are not odd yet: hands never turn in it.
_ODD_BEYOND = 5.0


@dataclass(frozen=True)
class Losses:
    """Of eq. 2 and of the critic; 0 leaves a part out. The paper does not tell its weights."""

    key_points: float = 1.0  # a pixel of the crop of 256, w_kpr
    # A square pixel, w_mr. Ten times as much brings outlines no nearer in as many steps, and key
    # points, limbs and odd angles away from the truth.
    silhouette: float = 0.01
    adversarial: float = 0.3  # a unit of the critic's score


@dataclass(frozen=True)
class Config(PaperConfig):
    """A run of the hybrid network."""

    estimator: str = "hybrid"
    frames: int = 1  # the paper looks at single pictures
    critic_rate: float = 1e-4  # Gulrajani et al. 2017
    network: NetworkConfig = field(default_factory=NetworkConfig)
    losses: Losses = field(default_factory=Losses)
    critic: KinematicConfig = field(default_factory=KinematicConfig)
    points: SilhouetteConfig = field(default_factory=SilhouetteConfig)
    # What the critic calls real: sequences of so many frames, of each of which one is drawn.
    sequences: int = 1500
    sequence: int = 8


@dataclass(frozen=True)
class Posed:
    """B frames of people: what the critic looks at."""

    rotations: Tensor  # (B, 24, 3, 3)
    betas: Tensor  # (B, 10)
    joints: Tensor  # (B, 24, 3) m

    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """The critic's arguments."""
        return self.rotations, self.betas, self.joints


class Objective:
    """See training.objective.Objective."""

    def __init__(self, config: Config, material: Material, device: torch.device) -> None:
        self.config, self.material, self.device = config, material, device
        self.body = material.body.to(device)
        self.network = Network(config.network, material.whole).to(device)
        self.network.fit(material.typical(device))
        self.critics = nn.ModuleDict()
        self.real: RealMotion | None = None
        if config.losses.adversarial:
            self.critics["kinematic"] = KinematicCritic(config.critic).to(device)
            self.real = RealMotion(material, config.seed, config.sequences, config.sequence)
        self.judged = material.judged(1, config.validation)
        self.lower, self.upper = (torch.as_tensor(end).to(device) for end in joint_range())

    def losses(
        self, windows: PicturedWindows, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], Posed]:
        """See Objective."""
        weights, windows = self.config.losses, in_pieces(windows, 1)
        given, truth = observed(windows, self.device)
        parts, judged = self._reprojected(windows, given, truth, rng, every=False)
        if weights.adversarial:
            parts["adversarial"] = wgan_generator(self.critics["kinematic"](*judged.parts()))
        loss = sum(getattr(weights, name) * value for name, value in parts.items())
        return {"loss": loss} | parts, judged

    def critic_losses(self, judged: Posed, rng: np.random.Generator) -> dict[str, Tensor]:
        """See Objective; "distance" is what the critic sees between captured and estimated."""
        assert self.real is not None
        critic, count = self.critics["kinematic"], len(judged.betas)
        rotations, betas = self.real.draw(rng, count, self.device)
        frame = torch.as_tensor(rng.integers(rotations.shape[1], size=count))
        rotations = rotations[torch.arange(count), frame]
        with torch.no_grad():
            joints = centred_joints(self.body, rotations[:, None], betas)[:, 0]
        real, fake = (rotations, betas, joints), tuple(p.detach() for p in judged.parts())
        loss = wgan_critic(critic, real, fake, _generator(rng, self.device))
        with torch.no_grad():
            distance = critic(*real).mean() - critic(*fake).mean()
        return {"critic": loss, "distance": distance}

    def validate(self) -> dict[str, float]:
        """Judged as all are, by both losses of eq. 2, and by how human its joint angles are.

        The best weights are those with the least of what the run minimises of eq. 2: choosing them
        by true joints would bring in the paired 3D.
        """
        weights, windows = self.config.losses, self.judged
        given, truth = observed(windows, self.device)
        rng = np.random.default_rng(0)
        parts, judged = self._reprojected(windows, given, truth, rng, every=True)
        figures = {f"val_{name}": float(value) for name, value in parts.items()}
        score = sum(getattr(weights, name) * float(value) for name, value in parts.items())
        odd = self.odd_angles(judged.rotations)
        return (
            judge_rotations(self.network, windows, self.material, self.device)
            | figures
            | {"val_odd_angles": odd, "val_score": score}
        )

    def metadata(self) -> dict[str, str]:
        """See Objective."""
        said = dataclasses.asdict(self.config.network) | {"whole": self.material.whole}
        return {k: repr(v) for k, v in said.items()}

    def odd_angles(self, rotations: Tensor) -> float:
        """Per cent of the 69 joint angles of (B, 24, 3, 3) that captured people do not reach."""
        angles = matrix_to_axis_angle(rotations[:, 1:]).flatten(1)
        beyond = torch.maximum(self.lower - angles, angles - self.upper)
        return 100 * float((beyond > np.radians(_ODD_BEYOND)).float().mean())

    def _reprojected(
        self,
        windows: PicturedWindows,
        given: Any,
        truth: Truth,
        rng: np.random.Generator,
        *,
        every: bool,
    ) -> tuple[dict[str, Tensor], Posed]:
        """The parts of eq. 2, every one or those with a weight, and the people said to be there.

        windows: of one frame each.
        """
        config, crop = self.config, Crop.of(given, torch.as_tensor(windows.region).to(self.device))
        random = _generator(rng, torch.device("cpu"))
        chosen = spread_vertices(self.body.areas.cpu(), random, config.points).to(self.device)
        outline = bool(every or config.losses.silhouette)
        answer = self.network(given)
        rotations, trans = answer.rotations[:, 0], answer.trans[:, 0]
        got = self.body(rotations, answer.betas, trans, vertices=chosen if outline else False)
        parts = {}
        if every or config.losses.key_points:
            with torch.no_grad():
                there = self.body(truth.rotations[:, 0], truth.betas, truth.trans[:, 0])["joints"]
                there = crop(there[:, KEY_POINTS])
            seen = crop(got["joints"][:, KEY_POINTS])
            sure = torch.ones_like(seen[..., 0])
            parts["key_points"] = losses.key_points(
                seen[:, None], there[:, None], sure[:, None], "absolute"
            )
        if outline:
            masks = silhouettes(windows.silhouette[:, 0])
            true = TrueSilhouettes.of(masks, rng, config.points)
            cells = (crop(got["vertices"]) + 0.5) / _CELL - 0.5
            parts["silhouette"] = _CELL**2 * silhouette_loss(cells, true)
        joints = got["joints"] - got["joints"][:, :1]
        return parts, Posed(rotations, answer.betas, joints)


def _generator(rng: np.random.Generator, device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(int(rng.integers(1 << 62)))


_NO_CRITIC: Mapping[str, Any] = {"adversarial": 0.0}
_KEY_POINTS: Mapping[str, Any] = {"silhouette": 0.0}
_OUTLINES: Mapping[str, Any] = {"key_points": 0.0}

# Table 1 (key-point / silhouette loss) and figure 4.
ROWS = (
    Row("key points", {"losses": _NO_CRITIC | _KEY_POINTS}, "4.19 / 51.66", seeds=3),
    Row("silhouettes", {"losses": _NO_CRITIC | _OUTLINES}, "13.95 / 16.05"),
    Row("both", {"losses": _NO_CRITIC}, "3.92 / 37.53"),
    Row("key points, critic", {"losses": _KEY_POINTS}, "4.70 / 50.32"),
    Row("silhouettes, critic", {"losses": _OUTLINES}, "18.25 / 92.44"),
    Row("both, critic without joint rotations", {"critic": {"rotations": False}},
        "kinked hands and feet (figure 4)"),
    Row("both, critic", {}, "4.41 / 44.03", seeds=3),
)  # fmt: skip

# Two slow cores: networks of about two million parameters, and two minutes a run.
BUDGET: Mapping[str, Any] = {
    "steps": 500,
    "windows": 64,
    "rate": 1e-3,
    "warmup": 40,
    "average": 0.98,
    "critic_rate": 1e-3,
    "validate_every": 100,
    "patience": 1000,
    "validation": 1000,
    "network": {"width": 832},
    "critic": {"pose_width": 256, "chain_width": 256},
    "points": {"pixels": 200},
    "sequences": 800,
}
