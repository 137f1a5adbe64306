"""Gauss-Newton over all frames of a window at once.

Frames touch each other only through the smoothness of neighbours, so the normal equations are
banded and one Cholesky factorisation solves them in time linear in the number of frames; a shape
shared by the frames is a border of ten columns (Schur complement).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, solveh_banded

from ...motion.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from .config import IKConfig
from .objective import TURNS, UNKNOWNS, FrameObjective
from .points import ACTIVE

_DAMPING, _EASE, _STIFFEN, _GIVE_UP = 1.0, 0.25, 6.0, 1e6
_LONGEST_TURN = 0.6  # radians a joint may turn in one step: the linearisation holds no further


@dataclass(frozen=True)
class State:
    """Local rotations (T,24,3,3), pelvis in the camera (T,3), shape (10,)."""

    local: np.ndarray
    trans: np.ndarray
    betas: np.ndarray

    def moved(self, step: np.ndarray, shape_step: np.ndarray) -> "State":
        """step (T, UNKNOWNS): local right increments of the active joints, then translation."""
        turns = step[:, :TURNS].reshape(len(step), -1, 3)
        length = np.linalg.norm(turns, axis=-1, keepdims=True)
        turns = turns * np.minimum(1, _LONGEST_TURN / np.maximum(length, 1e-9))
        local = self.local.copy()
        local[:, ACTIVE] = local[:, ACTIVE] @ axis_angle_to_matrix(turns)
        return State(local, self.trans + step[:, TURNS:], self.betas + shape_step)


class Smoothness:
    """Accelerations of every joint and of the translation, on true time stamps."""

    def __init__(self, timestamps: np.ndarray, config: IKConfig) -> None:
        step = np.maximum(np.diff(timestamps), 1e-4)
        before, after = step[:-1, None], step[1:, None]
        # Second difference on uneven steps: c_- x_- + c_0 x_0 + c_+ x_+.
        self.minus = 2 / (before * (before + after))
        self.plus = 2 / (after * (before + after))
        sigma = np.full(UNKNOWNS, config.joint_acceleration)
        sigma[:3] = config.root_acceleration
        sigma[TURNS:] = (
            config.trans_acceleration, config.trans_acceleration, config.depth_acceleration,
        )  # fmt: skip
        self.weight = 1 / sigma**2

    def residual(self, state: State) -> np.ndarray:
        """(T-2, UNKNOWNS) accelerations."""
        local = state.local[:, ACTIVE]
        turned = matrix_to_axis_angle(np.swapaxes(local[:-1], -1, -2) @ local[1:])
        moved = np.concatenate([turned.reshape(len(turned), -1), np.diff(state.trans, axis=0)], 1)
        return self.plus * moved[1:] - self.minus * moved[:-1]

    def cost(self, state: State) -> float:
        if len(state.trans) < 3:
            return 0.0
        return float(np.sum(self.residual(state) ** 2 * self.weight))

    def add_to(self, band: np.ndarray, gradient: np.ndarray, state: State) -> float:
        """Adds to the lower band (band rows, T * UNKNOWNS) and gradient (T, UNKNOWNS)."""
        frames = len(state.trans)
        if frames < 3:
            return 0.0
        residual = self.residual(state)
        parts = (self.minus, -(self.minus + self.plus), self.plus)
        rows = band.reshape(-1, frames, UNKNOWNS)
        for i, a in enumerate(parts):
            gradient[i : frames - 2 + i] += a * self.weight * residual
            for j, b in enumerate(parts[: i + 1]):
                # Frame i couples with the earlier frame j: (i - j) blocks below the diagonal.
                rows[(i - j) * UNKNOWNS, j : frames - 2 + j] += a * b * self.weight
        return float(np.sum(residual**2 * self.weight))


def _lower_band(curvature: np.ndarray, bandwidth: int) -> np.ndarray:
    """Diagonal blocks (T, U, U) -> LAPACK's lower band form (bandwidth + 1, T * U)."""
    frames, size = curvature.shape[:2]
    band = np.zeros((bandwidth + 1, frames, size), np.float32)
    rows, columns = np.tril_indices(size)
    band[rows - columns, :, columns] = curvature[:, rows, columns].T
    return band.reshape(bandwidth + 1, frames * size)


def minimise(
    objective: FrameObjective,
    smoothness: Smoothness | None,
    state: State,
    *,
    iterations: int,
    free_shape: bool,
    tolerance: float,
) -> tuple[State, float]:
    """Levenberg-Marquardt from `state`; smoothness None solves every frame for itself."""
    reference = np.maximum(state.trans[:, 2], 0.3)
    damping = _DAMPING
    bandwidth = UNKNOWNS - 1 if smoothness is None else 2 * UNKNOWNS

    def total(candidate: State) -> float:
        cost = objective.cost(candidate.local, candidate.trans, candidate.betas, reference)
        return cost + (smoothness.cost(candidate) if smoothness else 0.0)

    cost = total(state)
    for _ in range(iterations):
        terms = objective.terms(state.local, state.trans, state.betas, reference, free_shape)
        band = _lower_band(terms.curvature, bandwidth)
        gradient = terms.gradient.copy()
        if smoothness is not None:
            smoothness.add_to(band, gradient, state)
        accepted = False
        while damping < _GIVE_UP:
            band[0] += damping
            right = gradient.reshape(-1, 1).astype(np.float32)
            if free_shape:
                right = np.concatenate([right, terms.mixed.reshape(len(right), -1)], axis=1)
            try:
                solved = solveh_banded(band, right, lower=True, check_finite=False)
            except LinAlgError:
                solved = None
            band[0] -= damping
            if solved is not None:
                shape_step = np.zeros(10)
                step = -solved[:, 0]
                if free_shape:
                    mixed = terms.mixed.reshape(len(right), -1)
                    schur = terms.shape_curvature - mixed.T @ solved[:, 1:]
                    shape_step = -np.linalg.solve(
                        schur + 1e-6 * np.eye(10), terms.shape_gradient - mixed.T @ solved[:, 0]
                    )
                    step = step - solved[:, 1:] @ shape_step
                candidate = state.moved(step.reshape(-1, UNKNOWNS), shape_step)
                new_cost = total(candidate)
                if new_cost < cost:
                    accepted = True
                    break
            damping *= _STIFFEN
        if not accepted:
            break
        damping = max(damping * _EASE, 1e-3)
        fall = (cost - new_cost) / cost
        state, cost = candidate, new_cost
        if fall < tolerance:
            break
    return state, cost
