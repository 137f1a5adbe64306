"""Clips whose motion is of the test split of the CMU motion capture database."""

from .specification import Box, Camera, Clip, Cloth, Lamp, Person, Scenery, Sun, Wall

_PORTRAIT = (360, 640)

CMU = (
    Clip(
        "walk", "walking", "cmu/016/32", first=32, frames=110,
        person=Person(
            {"stature": 0.8, "gender": -1.0, "muscle": 0.5, "leg_length": 0.6},
            skin=(0.52, 0.30, 0.21), hair=(0.03, 0.018, 0.01), shoes=(0.6, 0.6, 0.6),
            top=Cloth((0.55, 0.55, 0.5), (0.05, 0.08, 0.25), "stripes", loose=0.018),
            trousers=Cloth((0.05, 0.09, 0.2), loose=0.015, flare=0.01), hem=0.12,
        ),
        scenery=Scenery(
            Cloth((0.35, 0.22, 0.12), (0.26, 0.15, 0.08), "stripes"),
            sky=(0.9, 0.92, 1.0), light=0.6,
            walls=(Wall(-120, 4.5, (0.55, 0.5, 0.42)), Wall(150, 5.5, (0.5, 0.46, 0.4))),
            boxes=(
                Box((-3.4, 0.4, -1.5), (0.9, 0.8, 2.2), (0.12, 0.2, 0.18), 60),
                Box((-3.7, 1.7, -2.2), (0.05, 0.9, 1.2), (0.4, 0.12, 0.08), 60),
            ),
            lamps=(Lamp((3.0, 3.6, 3.0), 260),),
        ),
        camera=Camera(lens=32, azimuth=60, distance=5.6, height=1.4, aim=0.9),
    ),
    Clip(
        "turn", "walking, turning", "cmu/016/17", first=8, frames=110, size=_PORTRAIT,
        person=Person(
            {"stature": -0.9, "gender": 1.6, "weight": -0.5, "age": -0.5},
            skin=(0.68, 0.45, 0.34), hair=(0.25, 0.12, 0.04), shoes=(0.15, 0.03, 0.03),
            top=Cloth((0.65, 0.62, 0.55), loose=0.012), sleeves=0.75,
            trousers=Cloth((0.35, 0.05, 0.1), (0.7, 0.6, 0.5), "dots", loose=0.02), skirt=0.42,
            hair_volume=0.025, bun=0.055,
        ),
        scenery=Scenery(
            Cloth((0.3, 0.3, 0.29), (0.2, 0.2, 0.2), "mottled"),
            sky=(0.45, 0.62, 0.9), light=0.8,
            walls=(Wall(195, 9.0, (0.42, 0.2, 0.14), (0.3, 0.14, 0.1), "checks"),),
            boxes=(
                Box((2.6, 0.6, -3.6), (0.8, 1.2, 0.8), (0.06, 0.16, 0.05), 20),
                Box((-3.2, 0.25, -4.0), (2.2, 0.5, 0.6), (0.3, 0.2, 0.12), -10),
            ),
            sun=Sun(70, 48, 3.2),
        ),
        camera=Camera(lens=38, azimuth=25, distance=5.4, height=1.65, aim=0.85),
    ),
    Clip(
        "slow_walk", "walking towards the camera", "cmu/049/01", first=30, frames=104,
        person=Person(
            {"stature": 1.8, "gender": -1.2, "weight": 0.4, "torso_length": 0.8},
            skin=(0.16, 0.085, 0.05), hair=(0.01, 0.008, 0.006), shoes=(0.04, 0.04, 0.05),
            top=Cloth((0.5, 0.28, 0.05), loose=0.03, flare=0.02), sleeves=0.95, hem=0.2,
            trousers=Cloth((0.3, 0.27, 0.2), loose=0.025, flare=0.01),
        ),
        scenery=Scenery(
            Cloth((0.2, 0.2, 0.22), (0.3, 0.3, 0.32), "checks"),
            sky=(0.8, 0.85, 0.9), light=0.7,
            walls=(Wall(180, 7.0, (0.36, 0.42, 0.45)), Wall(90, 2.6, (0.5, 0.5, 0.48)),
                   Wall(-90, 3.0, (0.42, 0.44, 0.42))),
            boxes=(Box((1.9, 1.0, -3.0), (0.5, 2.0, 1.0), (0.2, 0.1, 0.05)),),
            lamps=(Lamp((0.5, 3.2, 2.5), 160), Lamp((0.0, 3.2, -3.0), 160)),
        ),
        camera=Camera(lens=35, azimuth=8, distance=4.6, height=1.55, aim=1.15, aside=0.2),
        cut=0.35,
    ),
    Clip(
        "forward_jump", "jumping forwards", "cmu/016/09", first=22, frames=98,
        person=Person(
            {"stature": -2.0, "age": -2.0, "gender": 0.2, "weight": -0.6, "hands_and_feet": -1.0},
            skin=(0.45, 0.27, 0.17), hair=(0.02, 0.014, 0.01), shoes=(0.05, 0.1, 0.4),
            top=Cloth((0.7, 0.5, 0.06), (0.6, 0.1, 0.08), "checks", loose=0.022), sleeves=0.35,
            trousers=Cloth((0.12, 0.16, 0.2), loose=0.022), legs=0.62, hem=0.1,
            hair_volume=0.03,
        ),
        scenery=Scenery(
            Cloth((0.08, 0.2, 0.3), (0.12, 0.26, 0.36), "checks"),
            sky=(1.0, 0.97, 0.92), light=0.75,
            walls=(Wall(-105, 4.2, (0.6, 0.58, 0.5)), Wall(170, 6.0, (0.3, 0.38, 0.46))),
            boxes=(Box((-3.2, 0.25, 1.5), (0.5, 0.5, 1.6), (0.5, 0.35, 0.15)),),
            lamps=(Lamp((2.0, 3.8, 0.0), 260, 3.0),),
        ),
        camera=Camera(lens=20, azimuth=75, distance=3.0, height=0.35, aim=0.85, roll=-3),
    ),
    Clip(
        "cartwheel", "cartwheel", "cmu/090/02", first=62, frames=92, shutter=0.3,
        person=Person(
            {"gender": 1.2, "muscle": 1.2, "weight": -0.8, "leg_length": 0.6, "stature": -0.3},
            skin=(0.35, 0.2, 0.12), hair=(0.015, 0.01, 0.008), shoes=(0.35, 0.2, 0.12),
            top=Cloth((0.3, 0.02, 0.06), loose=0.004), sleeves=0.2,
            trousers=Cloth((0.02, 0.02, 0.03), loose=0.003), bun=0.05,
        ),
        scenery=Scenery(
            Cloth((0.5, 0.36, 0.2), (0.44, 0.3, 0.16), "stripes"),
            sky=(0.95, 0.97, 1.0), light=0.8,
            walls=(Wall(180, 6.5, (0.58, 0.6, 0.62)),),
            boxes=(
                Box((0.0, 0.02, 0.0), (7.0, 0.038, 0.1), (0.1, 0.25, 0.5)),
                Box((-3.5, 0.3, -5.0), (2.0, 0.6, 1.0), (0.55, 0.12, 0.08)),
            ),
            lamps=(Lamp((-2.0, 4.5, 3.0), 420, 3.0),),
        ),
        camera=Camera(lens=30, azimuth=20, distance=6.2, height=1.2, aim=0.9),
    ),
    Clip(
        "jump_hop", "jumping up, hopping", "cmu/049/02", first=180, frames=110, size=_PORTRAIT,
        person=Person(
            {"gender": -1.4, "muscle": 1.8, "shoulder_width": 1.2, "stature": 0.5},
            skin=(0.25, 0.14, 0.09), hair=(0.01, 0.008, 0.006), shoes=(0.7, 0.7, 0.7),
            top=Cloth((0.6, 0.6, 0.62), loose=0.01), sleeves=0.15,
            trousers=Cloth((0.4, 0.04, 0.04), loose=0.03, flare=0.02), legs=0.55, hem=0.12,
        ),
        scenery=Scenery(
            Cloth((0.16, 0.15, 0.14)), sky=(0.7, 0.75, 0.85), light=0.5,
            walls=(Wall(160, 3.2, (0.3, 0.3, 0.32)), Wall(-110, 4.0, (0.36, 0.34, 0.3))),
            boxes=(Box((1.6, 0.45, -1.8), (0.9, 0.9, 0.5), (0.05, 0.1, 0.14), -20),),
            lamps=(Lamp((1.5, 3.4, 2.2), 240, 1.0),),
        ),
        camera=Camera(lens=38, azimuth=-35, distance=4.4, height=1.0, aim=1.15, roll=4),
    ),
    Clip(
        "arabesque", "dancing, one leg raised", "cmu/049/09", first=20, frames=100,
        person=Person(
            {"gender": 1.8, "weight": -1.5, "leg_length": 1.4, "stature": 0.6, "arm_length": 0.6},
            skin=(0.7, 0.48, 0.38), hair=(0.04, 0.02, 0.01), shoes=(0.6, 0.4, 0.35),
            top=Cloth((0.05, 0.05, 0.06), loose=0.004), sleeves=0.1,
            trousers=Cloth((0.55, 0.35, 0.38), loose=0.003), bun=0.06,
        ),
        scenery=Scenery(
            Cloth((0.26, 0.2, 0.16), (0.22, 0.16, 0.12), "stripes"),
            sky=(0.9, 0.9, 1.0), light=0.6,
            walls=(Wall(-140, 4.0, (0.5, 0.52, 0.56)),),
            boxes=(Box((-2.4, 1.0, -2.7), (4.5, 0.06, 0.06), (0.3, 0.18, 0.08), 40),),
            lamps=(Lamp((3.0, 2.6, 1.0), 230, 1.5),),
        ),
        camera=Camera(lens=50, azimuth=45, distance=6.0, height=1.1, aim=1.0, roll=8, aside=-0.3),
    ),
    Clip(
        "balance", "balancing on one leg", "cmu/049/18", first=25, frames=100,
        person=Person(
            {"age": 1.8, "gender": 0.9, "weight": 1.0, "torso_length": 0.8, "stature": -1.2},
            skin=(0.62, 0.4, 0.3), hair=(0.55, 0.53, 0.5), shoes=(0.1, 0.1, 0.12),
            top=Cloth((0.2, 0.12, 0.32), (0.3, 0.2, 0.42), "mottled", loose=0.025), sleeves=0.9,
            trousers=Cloth((0.22, 0.22, 0.24), loose=0.012), hem=0.14, hair_volume=0.025,
        ),
        scenery=Scenery(
            Cloth((0.3, 0.32, 0.26), (0.22, 0.26, 0.18), "mottled"),
            sky=(0.72, 0.76, 0.8), light=1.1,
            walls=(Wall(175, 6.0, (0.25, 0.3, 0.2), (0.14, 0.2, 0.1), "mottled"),),
            boxes=(
                Box((1.8, 0.25, -2.6), (1.6, 0.08, 0.5), (0.35, 0.22, 0.1)),
                Box((-2.2, 1.5, -3.0), (0.3, 3.0, 0.3), (0.15, 0.1, 0.06)),
            ),
        ),
        camera=Camera(lens=40, azimuth=10, distance=4.6, height=1.9, aim=0.85, aside=0.4),
    ),
    Clip(
        "lean_back", "leaning back on a bent leg", "cmu/049/22", first=48, frames=100, quality=35,
        person=Person(
            {"gender": -0.3, "age": 0.6, "leg_length": -1.2, "arm_length": -0.6, "muscle": -0.6},
            skin=(0.55, 0.33, 0.2), hair=(0.3, 0.05, 0.02), shoes=(0.35, 0.25, 0.15),
            top=Cloth((0.1, 0.22, 0.4), (0.5, 0.5, 0.5), "stripes", loose=0.015), sleeves=0.55,
            trousers=Cloth((0.16, 0.12, 0.08), loose=0.02, flare=0.02), hem=0.08,
            hair_volume=0.035,
        ),
        scenery=Scenery(
            Cloth((0.42, 0.4, 0.38)), sky=(1.0, 0.95, 0.85), light=0.7,
            walls=(Wall(-120, 3.6, (0.62, 0.55, 0.4)), Wall(120, 4.0, (0.55, 0.5, 0.4))),
            boxes=(Box((-2.3, 0.45, -1.8), (1.0, 0.9, 1.0), (0.2, 0.05, 0.05), 30),),
            lamps=(Lamp((2.2, 3.0, 2.0), 190),),
        ),
        camera=Camera(lens=35, azimuth=80, distance=4.4, height=1.3, aim=0.85, aside=0.25),
    ),
)  # fmt: skip
