"""Our skinning in torch and numpy against each other and against smplx."""

import numpy as np
import pytest
import torch

from backend.body.make import body_arrays
from backend.body.torch_body import TorchBody
from backend.motion.body import Body
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import axis_angle_to_matrix

METRES = 1e-5

# SMPL's own table, not ours, so that ours is checked too.
PARENTS_OF_SMPL = [
    0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21,
]  # fmt: skip


@pytest.fixture(scope="module")
def arrays():
    return body_arrays()


def make(arrays: dict[str, np.ndarray], posedirs: bool) -> Body:
    keys = ("v_template", "shapedirs", "J_regressor", "weights", "f", "landmark_regressor")
    correctives = None
    if posedirs:
        shape = (len(arrays["v_template"]), 3, 207)
        correctives = np.random.default_rng(1).normal(0, 0.002, shape).astype(np.float32)
    return Body("onetake", **{key: arrays[key] for key in keys}, posedirs=correctives)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "posedirs"])
def body(request, arrays):
    return make(arrays, request.param)


@pytest.fixture(scope="module")
def motion():
    rng = np.random.default_rng(0)
    poses = rng.normal(0, 0.7, (3, 24, 3)).astype(np.float32)
    betas = rng.normal(0, 1, 10).astype(np.float32)
    trans = rng.normal(0, 1, (3, 3)).astype(np.float32)
    return poses, betas, trans


def in_torch(body: Body, poses, betas, trans, dtype=torch.float32):
    rotations = torch.as_tensor(axis_angle_to_matrix(poses), dtype=dtype)
    return TorchBody(body, dtype)(
        rotations,
        torch.as_tensor(betas, dtype=dtype),
        torch.as_tensor(trans, dtype=dtype),
        vertices=True,
        landmarks=True,
    )


def test_torch_is_numpy(body, motion):
    poses, betas, trans = motion
    found = in_torch(body, *motion)
    joints, rotations = forward_kinematics(poses, body.rest_joints(betas), trans)
    skin = body.skin(poses, betas, trans)
    np.testing.assert_allclose(found["joints"].numpy(), joints, atol=METRES)
    np.testing.assert_allclose(found["rotations"].numpy(), rotations, atol=1e-5)
    np.testing.assert_allclose(found["vertices"].numpy(), skin, atol=METRES)
    landmarks = body.landmark_regressor @ skin
    np.testing.assert_allclose(found["landmarks"].numpy(), landmarks, atol=METRES)


def test_both_are_smplx(body, motion):
    smplx = pytest.importorskip("smplx", reason="smplx is installed for tests only")
    poses, betas, trans = motion
    posedirs = body.posedirs
    if posedirs is None:
        posedirs = np.zeros((*body.v_template.shape, 207), np.float32)
    rest = body.rest_joints(betas)
    parents = torch.as_tensor([-1, *PARENTS_OF_SMPL])
    vertices, joints = smplx.lbs.lbs(
        torch.as_tensor(betas).expand(3, 10),
        torch.as_tensor(poses).flatten(1),
        torch.as_tensor(body.v_template),
        torch.as_tensor(body.shapedirs),
        torch.as_tensor(posedirs).reshape(-1, 207).T,  # smplx keeps them flat: (207, V * 3)
        torch.as_tensor(body.J_regressor),
        parents,
        torch.as_tensor(body.weights),
    )
    # smplx turns about the rest pelvis and then adds transl; our trans is the pelvis itself.
    transl = torch.as_tensor(trans - rest[0])[:, None]
    found = in_torch(body, *motion)
    np.testing.assert_allclose(found["joints"], joints + transl, atol=METRES)
    np.testing.assert_allclose(found["vertices"], vertices + transl, atol=METRES)
    numpy_skin = body.skin(poses, betas, trans)
    np.testing.assert_allclose(numpy_skin, vertices + transl, atol=METRES)


def test_smplx_reads_the_arrays_as_a_model(arrays, motion):
    smplx = pytest.importorskip("smplx", reason="smplx is installed for tests only")
    poses, betas, trans = motion
    struct = smplx.utils.Struct(
        **{k: arrays[k] for k in ("v_template", "shapedirs", "J_regressor", "weights", "f")},
        kintree_table=arrays["kintree_table"],
        posedirs=np.zeros((*arrays["v_template"].shape, 207), np.float32),
    )
    model = smplx.SMPL(model_path="", data_struct=struct, batch_size=3)
    body = make(arrays, posedirs=False)
    transl = trans - body.rest_joints(betas)[0]
    result = model(
        betas=torch.as_tensor(betas).expand(3, 10),
        global_orient=torch.as_tensor(poses[:, 0]),
        body_pose=torch.as_tensor(poses[:, 1:]).flatten(1),
        transl=torch.as_tensor(transl),
    )
    found = in_torch(body, *motion)
    np.testing.assert_allclose(found["vertices"], result.vertices.detach(), atol=METRES)
    np.testing.assert_allclose(found["joints"], result.joints[:, :24].detach(), atol=METRES)


def test_each_frame_may_have_its_own_betas(arrays, motion):
    poses, betas, trans = motion
    body = make(arrays, posedirs=True)
    many = np.stack([betas, 0 * betas, -betas])
    together = in_torch(body, poses, many, trans)
    for frame in range(3):
        alone = in_torch(body, poses[frame : frame + 1], many[frame], trans[frame : frame + 1])
        for key, value in alone.items():
            np.testing.assert_allclose(together[key][frame], value[0], atol=METRES, err_msg=key)


def test_gradients_are_those_of_the_function(arrays):
    body = TorchBody(make(arrays, posedirs=False), torch.float64)
    rng = np.random.default_rng(2)
    matrices = axis_angle_to_matrix(rng.normal(0, 0.5, (1, 24, 3)))
    inputs = [
        torch.as_tensor(matrices, dtype=torch.float64),
        torch.as_tensor(rng.normal(size=10)),
        torch.as_tensor(rng.normal(size=(1, 3))),
    ]
    for tensor in inputs:
        tensor.requires_grad_()

    def measured(*values):
        found = body(*values, landmarks=True)
        return found["joints"].sum((0, 1)), found["landmarks"].square().sum((0, 1))

    assert torch.autograd.gradcheck(measured, inputs, atol=1e-6, fast_mode=True)


def test_gradients_at_the_rest_pose_are_finite(arrays):
    body = TorchBody(make(arrays, posedirs=False))
    rotations = torch.eye(3).repeat(2, 24, 1, 1).requires_grad_()
    betas, trans = torch.zeros(10, requires_grad=True), torch.zeros(2, 3, requires_grad=True)
    found = body(rotations, betas, trans, vertices=True, landmarks=True)
    sum(value.square().sum() for value in found.values()).backward()
    for tensor in (rotations, betas, trans):
        assert torch.isfinite(tensor.grad).all()
        assert tensor.grad.abs().max() > 0
