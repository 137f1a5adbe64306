"""Colours that people, cloth and rooms have, as linear light; and the patterns of cloth."""

import colorsys

import numpy as np

# sRGB bytes, light to dark; between them every mixture.
SKIN = np.array(
    [[255, 219, 193], [241, 194, 155], [224, 172, 125], [198, 134, 92], [141, 85, 54],
     [100, 62, 42], [66, 43, 33]]
)  # fmt: skip
HAIR = np.array(
    [[20, 17, 15], [38, 28, 22], [74, 49, 32], [120, 80, 45], [178, 138, 84], [222, 196, 150],
     [140, 60, 30], [150, 150, 150], [225, 225, 222]]
)  # fmt: skip
HAIR_SHARE = np.array([0.25, 0.2, 0.17, 0.1, 0.07, 0.05, 0.04, 0.08, 0.04])
NEUTRAL = np.array(
    [[20, 20, 22], [50, 52, 56], [95, 97, 100], [160, 160, 160], [235, 235, 232], [35, 45, 75],
     [60, 85, 125], [120, 145, 175], [190, 170, 140], [85, 70, 50], [75, 80, 55]]
)  # fmt: skip
PATTERNS = (("plain", 0.5), ("rows", 0.1), ("columns", 0.08), ("checks", 0.07), ("plaid", 0.07),
            ("blots", 0.1), ("print", 0.08))  # fmt: skip


def linear(srgb: np.ndarray) -> np.ndarray:
    """Bytes -> linear light 0..1."""
    return (np.asarray(srgb, float) / 255) ** 2.2


def skin(rng: np.random.Generator) -> np.ndarray:
    """(3,)"""
    place = rng.uniform(0, len(SKIN) - 1)
    low = int(place)
    tone = SKIN[low] + (place - low) * (SKIN[min(low + 1, len(SKIN) - 1)] - SKIN[low])
    return linear(np.clip(tone * rng.uniform(0.93, 1.05, 3), 0, 255))


def hair(rng: np.random.Generator) -> np.ndarray:
    """(3,)"""
    if rng.random() < 0.03:
        return vivid(rng)
    return linear(
        np.clip(HAIR[rng.choice(len(HAIR), p=HAIR_SHARE)] * rng.uniform(0.8, 1.2), 0, 255)
    )


def vivid(rng: np.random.Generator) -> np.ndarray:
    """(3,)"""
    rgb = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 0.95), rng.uniform(0.2, 0.95))
    return linear(255 * np.array(rgb))


def cloth(rng: np.random.Generator) -> np.ndarray:
    """(3,)"""
    if rng.random() < 0.5:
        tone = NEUTRAL[rng.integers(len(NEUTRAL))] * rng.uniform(0.8, 1.2, 3)
        return linear(np.clip(tone, 4, 245))
    return vivid(rng)


def pattern(rng: np.random.Generator, plain_share: float | None = None) -> int:
    """Number of a pattern in the fragment shader."""
    if plain_share is not None and rng.random() < plain_share:
        return 0
    return int(rng.choice(len(PATTERNS), p=[share for _, share in PATTERNS]))
