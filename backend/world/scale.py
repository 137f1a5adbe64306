"""How large everything is: a picture does not say, a person's height does."""

from dataclasses import replace

import numpy as np

from ..estimators import CameraMotion
from ..motion.body import Body

_ROUNDS = 3  # height is all but linear in the first beta
_STEP = 0.1  # of the first beta, to see what it does


def body_height(body: Body, betas: np.ndarray) -> float:
    """Metres from sole to crown, standing straight."""
    return float(np.ptp(body.rest_vertices(betas)[:, 1]))


def scaled_to_height(motions: list[CameraMotion], body: Body, height: float) -> list[CameraMotion]:
    """Everybody and every path by the factor that makes the first person `height` metres tall."""
    factor = height / body_height(body, motions[0].betas)
    return [
        replace(
            motion,
            betas=_of_height(body, motion.betas, factor * body_height(body, motion.betas)),
            trans=motion.trans * factor,
        )
        for motion in motions
    ]


def _of_height(body: Body, betas: np.ndarray, height: float) -> np.ndarray:
    """The same proportions at another height: the first beta is stature."""
    betas = betas.copy()
    for _ in range(_ROUNDS):
        here = body_height(body, betas)
        taller = betas.copy()
        taller[0] += _STEP
        betas[0] += _STEP * (height - here) / (body_height(body, taller) - here)
    return betas
