"""The bidirectional silhouette loss (003, eq. 1, after Lassner et al. 2017), with gradients.

What counts in the paper is pixels of the drawn body, which have no gradient. Here projected
vertices stand for them: each is told by a distance field how far the true silhouette is, and each
true pixel how far the nearest vertex is. Pixels: x right, y down, whole numbers at their centres.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class SilhouetteConfig:
    """How many points stand for a silhouette."""

    # Of a person who fills a crop of 256 pixels, 400 vertices are about five pixels apart.
    vertices: int = 400
    pixels: int = 400


@dataclass(frozen=True)
class TrueSilhouettes:
    """Of B pictures: made once a batch, on the processor, moved where the loss is taken."""

    field: Tensor  # (B, 1, H, W) px from each pixel to the nearest of the silhouette
    pixels: Tensor  # (B, P, 2) px, some of the silhouette
    there: Tensor  # (B,) 1, or 0 where the mask is empty

    @classmethod
    def of(
        cls,
        masks: np.ndarray,
        rng: np.random.Generator,
        config: SilhouetteConfig | None = None,
    ) -> "TrueSilhouettes":
        """masks: (B, H, W) bool; rng: draws the pixels, some twice where there are too few."""
        assert masks.ndim == 3 and masks.dtype == bool, "masks are bool (B, H, W)"
        count = (config or SilhouetteConfig()).pixels
        field = np.zeros((len(masks), 1, *masks.shape[1:]), np.float32)
        pixels = np.zeros((len(masks), count, 2), np.float32)
        for index, mask in enumerate(masks):
            if not mask.any():
                continue
            field[index, 0] = cv2.distanceTransform(
                (~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
            )
            inside = np.flatnonzero(mask)
            chosen = rng.choice(inside, count, replace=len(inside) < count)
            pixels[index] = np.stack([chosen % mask.shape[1], chosen // mask.shape[1]], axis=-1)
        there = masks.any(axis=(1, 2)).astype(np.float32)
        return cls(*(torch.from_numpy(array) for array in (field, pixels, there)))

    def to(self, like: Tensor) -> "TrueSilhouettes":
        """The same on the device and in the precision of a tensor."""
        return TrueSilhouettes(self.field.to(like), self.pixels.to(like), self.there.to(like))


def spread_vertices(areas: Tensor, generator: torch.Generator, config: SilhouetteConfig) -> Tensor:
    """Indices of some vertices of areas (V,): skin these alone, and draw anew each step.

    By the skin they stand for: fingers and toes are half of a mesh, and little of a silhouette.
    """
    return torch.multinomial(areas, config.vertices, generator=generator)


def silhouette_loss(vertices: Tensor, true: TrueSilhouettes) -> Tensor:
    """Eq. 1 with means for sums, px^2: from the prediction to the truth, and back.

    vertices: (B, V, 2) px, projected. Pictures without a silhouette count nothing.
    """
    batch, count = len(true.there), vertices.shape[1]
    assert vertices.shape == (batch, count, 2), f"vertices are {tuple(vertices.shape)}"
    true = true.to(vertices)
    off = (to_true(vertices, true.field) + to_predicted(true.pixels, vertices)) * true.there
    return off.sum() / true.there.sum().clamp(min=1)


def to_true(vertices: Tensor, field: Tensor) -> Tensor:
    """(B,) px^2: the mean squared distance of vertices (B, V, 2) to the silhouettes of a field.

    Of a vertex outside the picture the square of the way to the picture's edge is added to what the
    field says there: the field ends, the pull back must not.
    """
    height, width = field.shape[-2:]
    last = vertices.new_tensor([width - 1, height - 1])
    inside = torch.minimum(vertices.clamp(min=0), last)
    outside = (vertices - inside).square().sum(dim=-1)
    sampled = functional.grid_sample(
        field, (2 * inside / last - 1)[:, :, None], align_corners=True, padding_mode="border"
    )[:, 0, :, 0]  # fmt: skip
    return (sampled.square() + outside).mean(dim=1)


def to_predicted(pixels: Tensor, vertices: Tensor) -> Tensor:
    """(B,) px^2: the mean squared distance of pixels (B, P, 2) to the nearest of vertices."""
    with torch.no_grad():
        nearest = torch.cdist(pixels, vertices).argmin(dim=-1)
    closest = vertices.gather(1, nearest[..., None].expand(-1, -1, 2))
    return (pixels - closest).square().sum(dim=-1).mean(dim=1)
