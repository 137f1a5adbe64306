"""Pictures for floors, walls and views, from noise and simple shapes; uint8 sRGB."""

import cv2
import numpy as np

SIDE = 512


def noise(rng: np.random.Generator, side: int = SIDE, octaves: int = 6, roughness: float = 0.55):
    """(side, side, 3) f4 in 0..1 that tiles: value noise, each channel by itself."""
    total, weight = np.zeros((side, side, 3), np.float32), 0.0
    for octave in range(octaves):
        cells = 4 << octave
        if cells > side:
            break
        grid = rng.random((cells, cells, 3), np.float32)
        grid = np.pad(grid, ((2, 2), (2, 2), (0, 0)), mode="wrap")
        scale = side // cells
        big = cv2.resize(grid, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        big = big[2 * scale : -2 * scale, 2 * scale : -2 * scale]
        total += roughness**octave * big
        weight += roughness**octave
    total = total / weight
    return np.clip(0.5 + 1.6 * (total - 0.5), 0, 1)


def _colour(rng, low=30, high=225, saturation=0.5):
    grey = rng.uniform(low, high)
    return np.clip(grey + rng.normal(size=3) * 40 * saturation, 8, 248)


def _mixed(a, b, share):
    return a + (b - a) * share


def floor(rng: np.random.Generator, indoors: bool) -> tuple[np.ndarray, float]:
    """(SIDE, SIDE, 3) that tiles, and how often it repeats in a metre."""
    grain = noise(rng)
    base = _colour(rng, 50, 205)
    picture = base * (0.75 + 0.5 * grain[..., :1])
    kinds = ["wood", "tiles", "carpet", "plain"] if indoors else ["grass", "stone", "sand", "plain"]
    kind = rng.choice(kinds)
    scale = rng.uniform(0.25, 0.8)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    if kind == "wood":
        planks = int(rng.integers(4, 12))
        tone = rng.uniform(0.75, 1.15, planks)[(x * planks).astype(int)]
        base = np.array([150, 105, 65]) * rng.uniform(0.5, 1.3)
        streaks = cv2.resize(grain[:, ::16, :1], (SIDE, SIDE))[..., None]
        picture = base * tone[..., None] * (0.8 + 0.4 * streaks)
        picture[(x * planks) % 1 < 0.03] *= 0.5
    elif kind in ("tiles", "stone"):
        tiles = int(rng.integers(2, 7))
        cell = (x * tiles).astype(int) + tiles * (y * tiles).astype(int)
        picture *= rng.uniform(0.85, 1.1, tiles * tiles)[cell][..., None]
        if rng.random() < 0.3:
            dark = ((x * tiles).astype(int) + (y * tiles).astype(int)) % 2 == 0
            picture[dark] *= rng.uniform(0.2, 0.8)
        seam = np.minimum((x * tiles) % 1, (y * tiles) % 1) < rng.uniform(0.02, 0.06)
        picture[seam] = _mixed(picture[seam], _colour(rng), 0.7)
    elif kind == "grass":
        picture = np.array([85, 120, 50]) * rng.uniform(0.6, 1.3, 3) * (0.4 + 1.2 * grain[..., :1])
    elif kind == "carpet":
        for _ in range(int(rng.integers(3, 25))):
            _shape(picture, rng, _colour(rng))
        picture = _mixed(picture, base, rng.uniform(0.2, 0.8))
    picture += rng.normal(size=picture.shape[:2])[..., None] * rng.uniform(0, 12)
    return np.clip(picture, 0, 255).astype(np.uint8), scale


def _shape(picture, rng, colour):
    """A rectangle, disc or triangle somewhere, in place."""
    side = picture.shape[0]
    size = np.exp(rng.uniform(-3.2, -1.0, 2)) * side
    x, y = rng.uniform(0, side, 2)
    kind = rng.integers(3)
    colour = tuple(float(v) for v in colour)
    if kind == 0:
        low, high = np.array([x, y]) - size / 2, np.array([x, y]) + size / 2
        cv2.rectangle(picture, low.astype(int).tolist(), high.astype(int).tolist(), colour, -1)
    elif kind == 1:
        axes = (size / 2 + 1).astype(int).tolist()
        cv2.ellipse(picture, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, colour, -1)
    else:
        corners = np.array([x, y]) + rng.normal(size=(3, 2)) * size
        cv2.fillPoly(picture, [corners.astype(np.int32)], colour)


def wall(rng: np.random.Generator) -> np.ndarray:
    """(SIDE, SIDE, 3): 6 m of a room's wall from the floor (first row) to the ceiling."""
    base = _colour(rng, 90, 235, 0.35)
    picture = np.ascontiguousarray(base * (0.9 + 0.2 * noise(rng, octaves=3)[..., :1]))
    if rng.random() < 0.2:  # bricks or wallpaper
        y, x = np.mgrid[:SIDE, :SIDE] / SIDE
        n = int(rng.integers(8, 40))
        shift = ((y * n).astype(int) % 2) * 0.5 if rng.random() < 0.5 else 0.0
        line = ((y * n) % 1 < 0.12) | ((x * n / 2 + shift) % 1 < 0.06)
        picture[line] = _mixed(picture[line], _colour(rng), 0.6)
    for _ in range(int(rng.integers(0, 5))):  # windows, doors, pictures
        x, width = rng.uniform(0, SIDE), rng.uniform(40, 150)
        low, high = sorted(rng.uniform(0.0 if rng.random() < 0.4 else 0.3, 0.95, 2) * SIDE)
        inner = _colour(rng, 30, 250, 1.0)
        box = [int(x), int(low), int(x + width), int(high)]
        cv2.rectangle(picture, box[:2], box[2:], tuple(inner.tolist()), -1)
        if rng.random() < 0.5:
            part = picture[box[1] : box[3], max(box[0], 0) : min(box[2], SIDE)]
            if part.size:
                texture = 255 * cv2.resize(noise(rng, 64, 4), part.shape[1::-1])
                part[:] = _mixed(part, texture, rng.uniform(0.2, 0.9))
        frame = tuple(_colour(rng).tolist())
        cv2.rectangle(picture, box[:2], box[2:], frame, int(rng.integers(1, 7)))
    for _ in range(int(rng.integers(0, 8))):  # cupboards, sofas, plants: from the floor up
        width, height = rng.uniform(20, 160), rng.uniform(60, 330)
        x, colour = rng.uniform(0, SIDE), tuple(_colour(rng, 15, 220, 1.0).tolist())
        if rng.random() < 0.7:
            cv2.rectangle(picture, (int(x), 0), (int(x + width), int(height)), colour, -1)
            for _ in range(int(rng.integers(0, 4))):
                a = rng.uniform(0, height)
                end = (int(x + width), int(a))
                cv2.line(picture, (int(x), int(a)), end, tuple(_colour(rng).tolist()), 2)
        else:
            axes = (int(width / 2), int(height / 2))
            cv2.ellipse(picture, (int(x), int(height / 2)), axes, 0, 0, 360, colour, -1)
    picture = cv2.GaussianBlur(picture, (0, 0), np.exp(rng.uniform(-1.0, 1.6)))
    picture[:6] *= rng.uniform(0.4, 1.2)
    return np.clip(picture, 0, 255).astype(np.uint8)


def view(rng: np.random.Generator) -> np.ndarray:
    """(SIDE, SIDE, 3): all around, from a little under the horizon (first row) to the zenith."""
    top, low = _colour(rng, 90, 235, 0.3), _colour(rng, 150, 250, 0.2)
    top[2] += 30
    up = np.linspace(0, 1, SIDE)[:, None, None]
    picture = _mixed(low, top, np.sqrt(up)) * np.ones((SIDE, SIDE, 1))
    cloud = noise(rng)[..., :1]
    picture = _mixed(picture, 245, np.clip(2 * cloud - 1.1, 0, 1) * rng.uniform(0, 1))
    x = np.arange(SIDE)
    for _ in range(int(rng.integers(1, 5))):  # hills, houses, trees: one before the other
        kind, colour = rng.integers(3), _colour(rng, 20, 190, 0.8)
        if kind == 0:
            line = 0.06 + 0.1 * noise(rng, SIDE, 6)[0, :, 0] * rng.uniform(0.3, 1.5)
        elif kind == 1:
            edges = np.sort(rng.integers(0, SIDE, rng.integers(5, 30)))
            line = rng.uniform(0.05, 0.35, len(edges) + 1)[np.searchsorted(edges, x)]
        else:
            crowns = np.abs(np.sin(x * rng.uniform(0.05, 0.2) + rng.uniform(0, 6)))
            line = 0.05 + rng.uniform(0.05, 0.25) * crowns * noise(rng, SIDE, 5)[3, :, 1]
        under = np.arange(SIDE)[:, None] / SIDE < line
        grain = noise(rng, SIDE, 6)[..., :1]
        picture = np.where(under[..., None], colour * (0.6 + 0.8 * grain), picture)
        if kind == 1:
            step = int(rng.integers(5, 14))
            lit = (np.arange(SIDE)[:, None] % step < step // 2) & (x % step < step // 2)
            picture = np.where((lit & under)[..., None], 0.6 * picture, picture)
    picture = np.ascontiguousarray(picture, np.float32)
    if rng.random() < 0.25:
        for _ in range(40):
            _shape(picture, rng, _colour(rng, 20, 240, 1.0))
    picture = cv2.GaussianBlur(picture, (0, 0), np.exp(rng.uniform(-1.0, 1.3)))
    return np.clip(picture, 0, 255).astype(np.uint8)
