"""Clips whose motion is of HDM05, all of which is for tests only (CC BY-SA 3.0)."""

from .specification import Box, Camera, Clip, Cloth, Lamp, Person, Scenery, Sun, Wall

HDM05 = (
    Clip(
        "jog", "jogging in a circle", "hdm05/bk/jogLeftCircle4StepsRstart_004_120",
        first=4, frames=72, shutter=0.5,
        person=Person(
            {"stature": 0.2, "gender": -0.8, "weight": 2.0, "muscle": -0.6, "torso_length": 0.5},
            skin=(0.6, 0.38, 0.28), hair=(0.12, 0.08, 0.05), shoes=(0.7, 0.2, 0.05),
            top=Cloth((0.08, 0.3, 0.25), loose=0.02), sleeves=0.4,
            trousers=Cloth((0.03, 0.03, 0.04), loose=0.03), legs=0.5, hem=0.12,
        ),
        scenery=Scenery(
            Cloth((0.1, 0.22, 0.05), (0.16, 0.28, 0.08), "mottled"),
            sky=(0.5, 0.66, 0.92), light=0.9,
            boxes=(
                Box((-4.0, 1.5, -9.0), (5.0, 3.0, 1.0), (0.07, 0.14, 0.05)),
                Box((5.0, 2.0, -11.0), (6.0, 4.0, 1.0), (0.09, 0.17, 0.06), 15),
                Box((1.5, 0.9, -5.0), (0.12, 1.8, 0.12), (0.5, 0.5, 0.5)),
            ),
            sun=Sun(-60, 40, 3.0),
        ),
        camera=Camera(lens=35, azimuth=-20, distance=5.6, height=1.3, aim=0.9, pan=-10),
    ),
    Clip(
        "squat", "squatting", "hdm05/tr/squat1Reps_043_120", first=0, frames=78,
        person=Person(
            {"gender": -0.6, "weight": -1.6, "stature": 1.2, "leg_length": 1.0, "age": -0.6},
            skin=(0.3, 0.17, 0.1), hair=(0.02, 0.015, 0.012), shoes=(0.1, 0.35, 0.12),
            top=Cloth((0.35, 0.38, 0.4), loose=0.035, flare=0.01), sleeves=0.9, hem=0.1,
            trousers=Cloth((0.12, 0.13, 0.15), loose=0.02),
        ),
        scenery=Scenery(
            Cloth((0.05, 0.05, 0.055), (0.09, 0.09, 0.1), "mottled"),
            sky=(0.85, 0.9, 1.0), light=0.5,
            walls=(Wall(-150, 3.4, (0.3, 0.12, 0.06), (0.24, 0.09, 0.05), "checks"),),
            boxes=(
                Box((-1.6, 0.2, -1.6), (1.2, 0.4, 0.4), (0.03, 0.03, 0.03), 30),
                Box((0.2, 0.9, -2.7), (1.4, 1.8, 0.4), (0.14, 0.14, 0.16), 30),
            ),
            lamps=(Lamp((-1.5, 3.2, 2.5), 220, 1.2),),
        ),
        camera=Camera(lens=35, azimuth=40, distance=4.0, height=1.0, aim=0.8),
    ),
    Clip(
        "kick", "kicking", "hdm05/tr/kickLFront1Reps_026_120", first=0, frames=74, shutter=0.5,
        person=Person(
            {"gender": 0.7, "muscle": 0.8, "hands_and_feet": 1.0, "shoulder_width": -1.0},
            skin=(0.5, 0.31, 0.2), hair=(0.01, 0.01, 0.01), shoes=(0.5, 0.31, 0.2),
            top=Cloth((0.7, 0.7, 0.68), loose=0.035, flare=0.03), sleeves=0.85, hem=0.24,
            trousers=Cloth((0.7, 0.7, 0.68), loose=0.03, flare=0.04), legs=0.9,
        ),
        scenery=Scenery(
            Cloth((0.35, 0.08, 0.05), (0.06, 0.16, 0.2), "checks"),
            sky=(1.0, 1.0, 1.0), light=0.8,
            walls=(Wall(-90, 4.0, (0.4, 0.36, 0.28)), Wall(180, 4.5, (0.45, 0.4, 0.32))),
            boxes=(Box((-3.5, 1.4, -1.0), (0.1, 1.2, 1.8), (0.1, 0.1, 0.1)),),
            lamps=(Lamp((2.0, 3.5, 0.5), 260),),
        ),
        camera=Camera(lens=30, azimuth=70, distance=4.4, height=1.2, aim=0.95, roll=-6),
    ),
    Clip(
        "throw", "throwing", "hdm05/bk/throwBasketball_004_120", first=5, frames=114, shutter=0.5,
        person=Person(
            {"stature": 1.5, "gender": -1.0, "arm_length": 1.4, "hands_and_feet": 1.2},
            skin=(0.13, 0.07, 0.045), hair=(0.008, 0.006, 0.005), shoes=(0.7, 0.7, 0.1),
            top=Cloth((0.45, 0.3, 0.02), loose=0.025), sleeves=0.05, hem=0.18,
            trousers=Cloth((0.4, 0.26, 0.02), loose=0.04, flare=0.02), legs=0.55,
        ),
        scenery=Scenery(
            Cloth((0.3, 0.14, 0.08), (0.24, 0.11, 0.07), "mottled"),
            sky=(0.5, 0.65, 0.95), light=0.7,
            walls=(Wall(150, 12.0, (0.5, 0.48, 0.44)),),
            boxes=(
                Box((-3.0, 1.5, -7.0), (0.2, 3.0, 0.2), (0.4, 0.4, 0.42)),
                Box((3.5, 0.7, -8.0), (4.0, 1.4, 1.8), (0.5, 0.05, 0.05), -25),
            ),
            sun=Sun(-30, 35, 3.4),
        ),
        camera=Camera(lens=70, azimuth=-30, distance=9.5, height=1.5, aim=1.05, roll=10),
    ),
    Clip(
        "lie_down", "lying down", "hdm05/bk/lieDownFloor_010_120", first=2, frames=106, fps=15,
        person=Person(
            {"gender": 1.0, "weight": 0.8, "arm_length": -1.6, "stature": -0.4, "age": 0.5},
            skin=(0.58, 0.36, 0.26), hair=(0.1, 0.05, 0.025), shoes=(0.05, 0.05, 0.05),
            top=Cloth((0.05, 0.3, 0.35), loose=0.012), sleeves=0.6,
            trousers=Cloth((0.3, 0.3, 0.33), loose=0.012), hem=0.1, hair_volume=0.02,
        ),
        scenery=Scenery(
            Cloth((0.4, 0.34, 0.28), (0.32, 0.26, 0.2), "mottled"),
            sky=(1.0, 0.96, 0.9), light=0.8,
            walls=(Wall(-120, 3.5, (0.5, 0.52, 0.46)),),
            boxes=(
                Box((-2.0, 0.35, -1.6), (0.8, 0.7, 1.8), (0.25, 0.2, 0.3), 60),
                Box((1.9, 0.2, -1.9), (0.8, 0.4, 0.8), (0.35, 0.22, 0.1)),
            ),
            lamps=(Lamp((1.0, 3.2, 2.0), 190),),
        ),
        camera=Camera(lens=34, azimuth=65, distance=3.6, height=2.4, aim=0.45),
    ),
    Clip(
        "deposit", "putting down on the floor", "hdm05/bk/depositFloorR_010_120",
        first=2, frames=112,
        person=Person(
            {"gender": -1.2, "weight": 1.2, "muscle": 1.0, "leg_length": -0.8, "age": 1.2},
            skin=(0.63, 0.42, 0.33), hair=(0.3, 0.29, 0.28), shoes=(0.12, 0.07, 0.04),
            top=Cloth((0.55, 0.2, 0.04), loose=0.025), sleeves=0.95,
            trousers=Cloth((0.04, 0.06, 0.12), loose=0.03, flare=0.01), hair_volume=0.004,
        ),
        scenery=Scenery(
            Cloth((0.26, 0.26, 0.25), (0.22, 0.22, 0.21), "checks"),
            sky=(0.85, 0.9, 0.95), light=0.8,
            walls=(Wall(135, 5.0, (0.42, 0.45, 0.42)),),
            boxes=(
                Box((1.6, 1.0, -3.0), (2.4, 2.0, 0.6), (0.4, 0.25, 0.1), -45),
                Box((-0.6, 0.5, -3.4), (1.0, 1.0, 1.0), (0.3, 0.2, 0.1), 10),
            ),
            lamps=(Lamp((-2.5, 3.6, 2.0), 260),),
        ),
        camera=Camera(lens=32, azimuth=-45, distance=4.4, height=1.75, aim=0.75, aside=-0.3),
    ),
    Clip(
        "arms", "circling the arms", "hdm05/bk/rotateArmsBothBackward1Reps_005_120",
        first=0, frames=36, quality=36,
        person=Person(
            {"gender": 0.4, "weight": 0.3, "age": -1.2, "stature": -1.0, "torso_length": -0.8},
            skin=(0.4, 0.24, 0.15), hair=(0.06, 0.03, 0.02), shoes=(0.5, 0.1, 0.3),
            top=Cloth((0.1, 0.35, 0.15), (0.6, 0.6, 0.3), "dots", loose=0.015), sleeves=0.4,
            trousers=Cloth((0.08, 0.1, 0.22), loose=0.012), hem=0.1, hair_volume=0.03,
        ),
        scenery=Scenery(
            Cloth((0.32, 0.3, 0.3)), sky=(0.9, 0.95, 1.0), light=0.9,
            walls=(Wall(180, 4.0, (0.3, 0.42, 0.5), (0.36, 0.48, 0.55), "mottled"),),
            lamps=(Lamp((1.5, 3.5, 3.0), 220),),
        ),
        camera=Camera(lens=85, azimuth=-20, distance=10.5, height=1.6, aim=1.0, aside=-0.5),
    ),
    Clip(
        "sneak", "sneaking", "hdm05/bk/sneak2StepsLStart_004_120", first=0, frames=76,
        person=Person(
            {"gender": -0.9, "stature": 0.9, "shoulder_width": 1.5, "weight": -0.4},
            skin=(0.6, 0.4, 0.3), hair=(0.02, 0.02, 0.025), shoes=(0.02, 0.02, 0.02),
            top=Cloth((0.09, 0.1, 0.12), loose=0.025), sleeves=0.95, hem=0.1,
            trousers=Cloth((0.1, 0.09, 0.08), loose=0.02), hair_volume=0.03,
        ),
        scenery=Scenery(
            Cloth((0.3, 0.26, 0.22), (0.24, 0.2, 0.17), "checks"),
            sky=(0.6, 0.7, 1.0), light=0.12,
            walls=(Wall(-95, 3.0, (0.34, 0.32, 0.3)), Wall(175, 4.5, (0.3, 0.3, 0.28))),
            boxes=(Box((-2.2, 1.0, -1.5), (0.6, 2.0, 1.0), (0.2, 0.12, 0.06)),),
            lamps=(Lamp((2.5, 2.6, -0.5), 110, 0.6),),
        ),
        camera=Camera(lens=30, azimuth=95, distance=4.0, height=2.3, aim=0.8),
    ),
    Clip(
        "grab", "reaching up", "hdm05/dg/grabHighR_015_120", first=0, frames=85,
        person=Person(
            {"gender": 1.4, "stature": -0.5, "weight": 0.5, "leg_length": 0.4, "age": 0.3},
            skin=(0.2, 0.11, 0.07), hair=(0.012, 0.01, 0.008), shoes=(0.3, 0.3, 0.3),
            top=Cloth((0.5, 0.12, 0.2), loose=0.015), sleeves=0.3,
            trousers=Cloth((0.5, 0.45, 0.35), loose=0.02), skirt=0.5, bun=0.07,
        ),
        scenery=Scenery(
            Cloth((0.45, 0.42, 0.36), (0.36, 0.33, 0.28), "checks"),
            sky=(1.0, 0.98, 0.95), light=0.8,
            walls=(Wall(-165, 2.4, (0.5, 0.55, 0.5)),),
            boxes=(
                Box((0.35, 0.4, 1.1), (1.8, 0.8, 0.6), (0.32, 0.18, 0.08), 10),
                Box((-1.3, 1.7, -1.9), (1.2, 0.06, 0.4), (0.3, 0.2, 0.1), 15),
                Box((-1.3, 1.3, -1.9), (1.2, 0.06, 0.4), (0.3, 0.2, 0.1), 15),
            ),
            lamps=(Lamp((2.0, 2.9, 1.8), 150),),
        ),
        camera=Camera(lens=35, azimuth=15, distance=3.9, height=1.5, aim=0.95),
        occluded=True,
    ),
)  # fmt: skip
