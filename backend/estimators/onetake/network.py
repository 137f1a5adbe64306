"""The network: a window of what BlazePose reported in, motion out.

A transformer over frames. Time enters as rotary embeddings in seconds (Su et al. 2021), so any
frame rate, uneven frames and gaps are the same to it; attention looks both ways.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...motion.skeleton import LANDMARK
from ..rotations import from_six, to_six
from .config import BETAS, FEATURES, JOINTS, LANDMARKS, NetworkConfig
from .limbs import limb_rotations
from .skeleton import Skeleton

_HIPS = [LANDMARK["left_hip"], LANDMARK["right_hip"]]
ERROR_RANGE = (-7.0, 1.0)  # log of metres: a millimetre to a few metres


@dataclass(frozen=True)
class Seen:
    """B windows of T frames, canonical (see `canonical`). Unseen frames hold anything finite."""

    points: Tensor  # (B, T, 33, 2)
    visibility: Tensor  # (B, T, 33) 0..1
    world: Tensor  # (B, T, 33, 3) m, BlazePose's own 3D
    features: Tensor  # (B, T, 64) image features, about -1..1; zero where there are none
    has_features: Tensor  # (B, T) bool
    seen: Tensor  # (B, T) bool
    times: Tensor  # (B, T) s
    centre: Tensor  # (B, T, 2) where in the picture the person is
    size: Tensor  # (B,) and how large


@dataclass(frozen=True)
class Answer:
    """B windows of T frames, in the axes of the camera at the person."""

    rotations: Tensor  # (B, T, 24, 3, 3) parent-relative; joint 0 from rest to camera
    betas: Tensor  # (B, 10)
    trans: Tensor  # (B, T, 3) pelvis joint, metres
    velocity: Tensor  # (B, T, 3) of the pelvis, m/s
    up: Tensor  # (B, T, 3) unit, against gravity
    contacts: Tensor  # (B, T, 4) logits: heel and toe, left then right, standing still
    error: Tensor  # (B, T, 24) log of the error in metres that each joint is thought to have
    doubt: (
        Tensor  # (B, T, 33) log of how far each reported landmark is thought to be off, canonical
    )


@dataclass(frozen=True)
class Draft:
    """A pose on the way to an Answer."""

    rotations: Tensor  # (B, T, 24, 3, 3)
    trans: Tensor  # (B, T, 3)
    betas: Tensor  # (B, 10)


class MotionTransformer(nn.Module):
    """Seen -> Answer, in rounds: a pose, what it misses of what was seen, a better pose.

    Every round after the first is told where the landmarks of the pose so far lie beside those
    reported (as PyMAF, Zhang et al. 2021, with landmarks for the picture).
    """

    # Of a round: corrections of 6D rotations, and of the pelvis' place.
    STEPS = (JOINTS * 6, 3)
    # Of the last round: velocity, up, contacts, error, doubt.
    REMARKS = (3, 3, 4, JOINTS, LANDMARKS)

    def __init__(self, config: NetworkConfig, skeleton: Skeleton | None = None) -> None:
        """skeleton: the body that poses are of; kept with the weights."""
        super().__init__()
        self.config = config
        self.skeleton = skeleton or Skeleton()
        # A landmark brings place, visibility and world place; a joint the rotation read off them; a
        # frame its flags, size and place.
        inputs = LANDMARKS * (2 + 1 + 3) + JOINTS * 6 + 4
        inputs += FEATURES + 1 if config.features else 0
        width = config.width
        self.embed = _mlp(inputs, 2 * width, width)
        share, rest = divmod(config.layers, config.rounds)
        assert not rest, f"{config.layers} layers are not {config.rounds} equal rounds"
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.layers))
        self.share = share  # layers of a round
        rounds = range(config.rounds)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in rounds)
        self.steps = nn.ModuleList(nn.Linear(width, sum(self.STEPS)) for _ in rounds)
        self.shapes = nn.ModuleList(_mlp(width, width, BETAS + 1) for _ in rounds)
        # What a pose misses: of each landmark in the picture and in the world; and the pose itself.
        misses = LANDMARKS * (2 + 3) + sum(self.STEPS)
        self.looks = nn.ModuleList(_mlp(misses, 2 * width, width) for _ in rounds[1:])
        self.gate = nn.Linear(width, JOINTS)  # how much of the rotations read off counts
        self.remarks = nn.Linear(width, sum(self.REMARKS))
        turns = torch.logspace(
            *torch.log10(torch.tensor([config.slowest, config.fastest])).tolist(),
            config.width // config.heads // 2,
        )
        self.register_buffer("turns", 2 * torch.pi * turns, persistent=False)
        with torch.no_grad():
            for part in (*self.steps, self.gate, self.remarks):
                part.weight.mul_(0.1)
                part.bias.zero_()
            # At first the world landmarks are believed, and whoever has none stands upright.
            self.gate.bias.fill_(2.0)
            sixes = self.steps[0].bias[: JOINTS * 6]
            sixes.copy_(0.1 * torch.eye(3)[:2].flatten().repeat(JOINTS))
            sixes[:6] = 0.1 * torch.tensor([1.0, 0, 0, 0, -1.0, 0])
            _, up, _, error, doubt = self.remarks.bias.split(self.REMARKS)
            up.copy_(torch.tensor([0.0, -1.0, 0.0]))
            error.fill_(-3.0)
            doubt.fill_(-2.5)

    def forward(self, given: Seen, drafts: list[Draft] | None = None) -> Answer:
        """See Seen and Answer; drafts: gets what each round but the last would have said."""
        batch, frames = given.seen.shape
        # Directions and cross products want full precision, whatever the rest runs in.
        with torch.no_grad(), torch.autocast(given.world.device.type, enabled=False):
            read = limb_rotations(given.world.float(), self.skeleton.rest)
            read = read * given.seen[..., None, None, None]
        read = to_six(read)  # (B, T, 24, 6)
        x = self.embed(self._tokens(given, read.flatten(2)))
        angles = given.times[:, None, :, None] * self.turns
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        apart = (given.times[:, None, :, None] - given.times[:, None, None, :]).abs()
        sixes, place, betas, draft = 0.0, 0.0, 0.0, None
        for index, (norm, step, shape) in enumerate(
            zip(self.norms, self.steps, self.shapes, strict=True)
        ):
            if draft is not None:
                if drafts is not None:
                    drafts.append(draft)
                x = x + self.looks[index - 1](self._misses(given, draft, place))
            for layer in self.layers[index * self.share : (index + 1) * self.share]:
                x = layer(x, cosine, sine, apart)
            said = norm(x)
            turns, shift = step(said).float().split(self.STEPS, -1)
            if draft is None:
                sixes = self.gate(said).float().sigmoid()[..., None] * read
            sixes = sixes + turns.view(batch, frames, JOINTS, 6)
            place = place + shift
            votes = shape(said).float()
            vote = votes[..., BETAS:].masked_fill(~given.seen[..., None], -1e4).softmax(dim=1)
            betas = betas + (vote * votes[..., :BETAS]).sum(dim=1)
            draft = Draft(from_six(sixes), self._trans(place, given.size), betas)
        remarks = self.remarks(said).float().split(self.REMARKS, -1)
        velocity, up, contacts, error, doubt = remarks
        return Answer(
            rotations=draft.rotations,
            betas=draft.betas,
            trans=draft.trans,
            velocity=velocity,
            up=functional.normalize(up, dim=-1),
            contacts=contacts,
            error=error.clamp(*ERROR_RANGE),
            doubt=doubt.clamp(*ERROR_RANGE),
        )

    def _tokens(self, given: Seen, read: Tensor) -> Tensor:
        frames = given.seen.shape[1]
        size = given.size.log()[:, None, None].expand(-1, frames, 1)
        parts = [
            given.points.clamp(-4, 4).flatten(2),
            given.visibility - 0.5,
            2 * given.world.clamp(-2, 2).flatten(2),
            read,
        ]
        known = torch.cat(parts, dim=-1) * given.seen[..., None]
        parts = [known, given.seen[..., None].to(known.dtype), given.centre, 0.5 * size + 1]
        if self.config.features:
            has = (given.has_features & given.seen)[..., None].to(known.dtype)
            parts += [given.features * has, has]
        return torch.cat(parts, dim=-1)

    def _misses(self, given: Seen, draft: Draft, place: Tensor) -> Tensor:
        """(B, T, ...) for `looks`. Nothing is learnt through it: a round answers for itself."""
        with torch.no_grad(), torch.autocast(given.world.device.type, enabled=False):
            landmarks = self.landmarks(draft)
            there = in_view(landmarks, draft.trans, given.size)
            parts = [
                4 * (given.points - there).clamp(-1, 1).flatten(2),
                4 * (given.world - from_hips(landmarks)).clamp(-1, 1).flatten(2),
            ]
            missed = torch.cat(parts, dim=-1) * given.seen[..., None]
            pose = to_six(draft.rotations).flatten(2)
            return torch.cat([missed, pose, place], dim=-1)

    def landmarks(self, pose: Draft) -> Tensor:
        """(B, T, 33, 3) about the pelvis."""
        batch, frames = pose.rotations.shape[:2]
        betas = pose.betas[:, None].expand(-1, frames, -1)
        flat = self.skeleton(pose.rotations.flatten(0, 1), betas.flatten(0, 1))
        return flat.unflatten(0, (batch, frames))

    @staticmethod
    def _trans(place: Tensor, size: Tensor) -> Tensor:
        """Place in the picture and log of the distance, both in the person's size, to metres."""
        size = size[:, None, None]
        # The landmarks' spread is about half a metre.
        depth = 0.5 * place[..., 2:].clamp(-3, 3).exp() / size
        return torch.cat([place[..., :2] * size * depth, depth], dim=-1)


def _mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))


def from_hips(landmarks: Tensor) -> Tensor:
    """Landmarks (..., 33, 3) from the hips' middle, as BlazePose reports them in the world."""
    return landmarks - landmarks[..., _HIPS, :].mean(dim=-2, keepdim=True)


def in_view(points: Tensor, trans: Tensor, size: Tensor) -> Tensor:
    """Points (B, T, N, 3) about the pelvis at trans (B, T, 3) -> (B, T, N, 2) in the canonical
    picture.
    """
    placed = points + trans[:, :, None]
    return placed[..., :2] / placed[..., 2:].clamp(min=0.2) / size[:, None, None, None]


class _Layer(nn.Module):
    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        near, far = torch.tensor([config.nearest, config.furthest]).log().tolist()
        self.reach = nn.Parameter(torch.linspace(near, far, config.heads))  # log of seconds
        self.mlp = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, config.expansion * width),
            nn.GELU(),
            nn.Linear(config.expansion * width, width),
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, apart: Tensor) -> Tensor:
        """apart: (B, 1, T, T) seconds between frames."""
        batch, frames, width = x.shape
        q, k, v = self.qkv(self.norm(x)).view(batch, frames, 3, self.heads, -1).unbind(dim=2)
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        mixed = functional.scaled_dot_product_attention(
            _turn(q, cosine, sine),
            _turn(k, cosine, sine),
            v,
            attn_mask=(-apart * torch.exp(-self.reach[:, None, None])).to(q.dtype),
        )
        x = x + self.dropout(self.mix(mixed.transpose(1, 2).reshape(batch, frames, width)))
        return x + self.dropout(self.mlp(x))


def _turn(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary embedding of x (B, H, T, D) by angles (B, 1, T, D / 2)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cosine - b * sine, a * sine + b * cosine], dim=-1)
