"""Paper 003's hybrid network: where the body lies in the crop, what trains it, and its use."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch

from backend.body import load_body
from backend.body.torch_body import TorchBody
from backend.errors import OneTakeError
from backend.estimators.ik.prior import joint_range
from backend.estimators.onetake.network import Draft
from backend.estimators.papers.hybrid import Config as NetworkConfig
from backend.estimators.papers.hybrid import Estimator, Network
from backend.estimators.papers.regressor import mean_pose
from backend.estimators.rotations import axis_angle_to_matrix
from backend.motion.body import Body
from backend.people.blazepose_steps import FEATURES
from backend.people.track import PersonTrack
from backend.training import papers
from backend.training.critics.kinematic import KinematicConfig
from backend.training.loop import BEST, Loop
from backend.training.pairs.regions import true_region
from backend.training.pairs.shards import SILHOUETTE, silhouettes
from backend.training.papers import PaperBatches
from backend.training.papers.hybrid import BUDGET, KEY_POINTS, ROWS, Config, Objective
from backend.training.papers.material import Material, observed
from backend.training.papers.region import Crop
from backend.training.papers.rows import configured
from backend.training.papers.silhouette import (
    SilhouetteConfig,
    TrueSilhouettes,
    silhouette_loss,
    spread_vertices,
)
from backend.training.windows import PicturedWindows, in_pieces

CPU = torch.device("cpu")
CLIPS, FRAMES = 6, 2
FOCAL, WIDTH, HEIGHT = 900.0, 1280, 720
POINTS = SilhouetteConfig()
SMALL = {
    "network": {"width": 64},
    "critic": {"joint_width": 8, "pose_width": 32, "chain_width": 32},
    "points": {"vertices": 100, "pixels": 50},
    "sequences": 10, "sequence": 2, "windows": 8, "steps": 4, "validate_every": 2,
    "warmup": 1, "rate": 3e-3, "average": 0.9,
}  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> Body:
    return load_body()


@pytest.fixture(scope="module")
def windows(plain) -> PicturedWindows:
    """People in corners of the picture, drawn into it and cropped as BlazePose's regions are."""
    rng = np.random.default_rng(0)
    poses = np.tile(rng.normal(size=(CLIPS, 1, 24, 3)) * 0.2, (1, FRAMES, 1, 1)).astype("f4")
    poses[:, :, 0] = [np.pi, 0, 0]  # upright, facing a camera whose y points down
    poses[:, :, 0] += rng.normal(size=(CLIPS, FRAMES, 3)) * 0.1
    poses[:, :, 22:] = 0.0
    trans = rng.uniform([-1.5, -0.6, 3.5], [1.5, 0.2, 5.0], (CLIPS, 1, 3))
    trans = np.tile(trans, (1, FRAMES, 1)).astype("f4")
    betas = rng.normal(size=(CLIPS, 10)).astype("f4")
    shape = CLIPS, FRAMES
    rays, world = np.empty((*shape, 33, 2), "f4"), np.empty((*shape, 33, 3), "f4")
    regions, bits = np.empty((*shape, 4), "f4"), np.empty((*shape, SILHOUETTE**2 // 8), "u1")
    for index in np.ndindex(shape):
        pose, place = poses[index][None], trans[index][None]
        skin = plain.skin(pose, betas[index[0]], place)[0]
        landmarks = plain.landmark_regressor @ skin
        rays[index] = landmarks[:, :2] / landmarks[:, 2:]
        world[index] = landmarks - landmarks[23:25].mean(axis=0)
        middle = np.array([WIDTH, HEIGHT]) / 2
        region = true_region(FOCAL * rays[index] + middle)
        region = replace(region, angle=region.angle + rng.normal() * 0.3, side=region.side * 1.1)
        drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
        for triangle in FOCAL * (skin[:, :2] / skin[:, 2:])[plain.f] + middle:
            cv2.fillConvexPoly(drawn, np.round(triangle).astype(int), 255)
        cropped = cv2.resize(region.crop(drawn, 256, cv2.BORDER_CONSTANT), (64, 64), None, 0, 0,
                             cv2.INTER_AREA)  # fmt: skip
        bits[index] = np.packbits(cropped > 127)
        centre = (np.array([region.x, region.y]) - middle) / FOCAL
        regions[index] = [*centre, region.side / FOCAL, region.angle]
    return PicturedWindows(
        rays=rays,
        visibility=np.ones((*shape, 33), "f4"),
        world=world,
        features=rng.normal(size=(*shape, FEATURES)).astype("f2"),
        has_features=np.ones(shape, bool),
        seen=np.ones(shape, bool),
        times=np.tile(np.arange(FRAMES, dtype="f4") / 30, (CLIPS, 1)),
        poses=poses, trans=trans, betas=betas,
        up=np.tile(np.array([0, -1, 0], "f4"), (*shape, 1)),
        contacts=np.zeros((*shape, 4), "f4"),
        region=regions, silhouette=bits,
    )  # fmt: skip


@pytest.fixture(scope="module")
def material(plain, windows) -> Material:
    def sample(rng, frames, fps):
        return SimpleNamespace(poses=rng.normal(size=(frames, 24, 3)) * 0.2)

    return Material(windows, windows, SimpleNamespace(sample=sample), TorchBody(plain))


def small(*changes) -> Config:
    return configured(Config("test"), SMALL, *changes)


def objective(material, *changes) -> Objective:
    torch.manual_seed(0)
    return Objective(small(*changes), material, CPU)


def test_chosen_vertices_are_those_of_the_whole_skin(plain):
    body = TorchBody(plain)
    assert float(body.areas.sum()) == pytest.approx(1.9, abs=0.5)  # a grown person's skin, m^2
    rotations = axis_angle_to_matrix(0.3 * torch.randn(2, 24, 3))
    given = rotations, torch.randn(2, 10), torch.randn(2, 3)
    chosen = torch.tensor([7, 0, 4321])
    every = body(*given, vertices=True)["vertices"]
    assert torch.allclose(body(*given, vertices=chosen)["vertices"], every[:, chosen], atol=1e-6)


def test_vertices_are_drawn_by_the_skin_they_stand_for():
    areas = torch.tensor([1.0] * 50 + [0.0] * 50 + [3.0] * 50)
    random = torch.Generator().manual_seed(0)
    drawn = [spread_vertices(areas, random, SilhouetteConfig(vertices=20)) for _ in range(50)]
    counts = torch.bincount(torch.cat(drawn), minlength=150).unflatten(0, (3, 50)).sum(dim=1)
    assert counts[1] == 0 and 2.3 < counts[2] / counts[0] < 3.7


def test_the_true_body_lies_in_its_true_silhouette(windows, plain):
    """Drawn by another way: pixels of the whole picture, cropped as BlazePose's pictures are."""
    frames = in_pieces(windows, 1)
    given, truth = observed(frames, CPU)
    crop = Crop.of(given, torch.as_tensor(frames.region))
    body = TorchBody(plain)
    posed = body(truth.rotations[:, 0], truth.betas, truth.trans[:, 0], vertices=True)
    chosen = spread_vertices(body.areas, torch.Generator().manual_seed(0), POINTS)
    masks = silhouettes(frames.silhouette[:, 0])
    true = TrueSilhouettes.of(masks, np.random.default_rng(0), POINTS)

    def lost(shift: tuple[float, float] = (0.0, 0.0)) -> float:
        cells = (crop(posed["vertices"][:, chosen]) + torch.tensor(shift) + 0.5) / 4 - 0.5
        return 16 * float(silhouette_loss(cells, true))

    # Vertices are about five pixels apart, which is all that is left.
    assert lost() < 12
    around = [lost(shift) for shift in ((-4, 0), (4, 0), (0, -4), (0, 4))]
    assert min(around) > 1.15 * lost()
    # Half a cell would not be seen above: the middle of all cells that the whole skin touches.
    for mask, pixels in zip(masks, crop(posed["vertices"]), strict=True):
        rows, columns = np.nonzero(mask)
        cells = (pixels.numpy() + 0.5) / 4
        for hit, ends in ((columns, cells[:, 0]), (rows, cells[:, 1])):
            middle = (hit.min() + hit.max() + 1) / 2
            assert middle == pytest.approx((ends.min() + ends.max()) / 2, abs=0.6)


def test_the_network_says_a_body_near_the_mean(windows):
    network = Network(NetworkConfig(width=32)).eval()
    given, _ = observed(windows, CPU)
    answer = network(given)
    assert answer.rotations.shape == (CLIPS, FRAMES, 24, 3, 3)
    assert answer.trans.shape == (CLIPS, FRAMES, 3) and answer.betas.shape == (CLIPS, 10)
    assert (answer.rotations - mean_pose()).abs().max() < 0.3
    # A scale of 2 puts people where they are: the canonical view measures them by their size.
    far = windows.trans[..., 2]
    assert np.abs(answer.trans[..., 2].detach().numpy() / far - 1).max() < 0.35


def test_each_frame_is_seen_by_itself(windows):
    network = Network(NetworkConfig(width=32, gain=1.0)).eval()
    given, _ = observed(windows, CPU)
    other = given.features.clone()
    other[:, 1] = 0
    before, after = network(given), network(replace(given, features=other))
    assert torch.equal(before.rotations[:, 0], after.rotations[:, 0])
    assert not torch.allclose(before.rotations[:, 1], after.rotations[:, 1], atol=1e-4)


@pytest.mark.parametrize("part", ["key_points", "silhouette", "adversarial"])
def test_every_loss_reaches_the_network(material, windows, part):
    made = objective(material)
    parts, _ = made.losses(windows, np.random.default_rng(0))
    parts[part].backward()
    reached = [float(p.grad.abs().sum()) for p in made.network.parameters()]
    assert all(np.isfinite(reached)) and min(reached) > 0


def test_the_critics_loss_reaches_the_critic_alone(material, windows):
    made = objective(material)
    _, judged = made.losses(windows, np.random.default_rng(0))
    made.critic_losses(judged, np.random.default_rng(1))["critic"].backward()
    assert all(p.grad is None for p in made.network.parameters())
    critic = dict(made.critics.named_parameters())
    assert critic and all(p.grad is not None for p in critic.values() if p.ndim > 1)


def test_no_truth_in_space_is_learnt_from(material, windows):
    """Another true pose with the same key points in the picture is the same to every loss."""
    made = objective(material)
    # Hands move no key point; up and contacts are known of rendered people too.
    poses = windows.poses.copy()
    poses[:, :, 22:] += 1.0
    other = replace(windows, poses=poses, up=-windows.up, contacts=1 - windows.contacts)
    same, moved = (made.losses(w, np.random.default_rng(0))[0] for w in (windows, other))
    assert all(torch.equal(same[name], moved[name]) for name in same)
    # Twice as large and twice as far is the same picture, which is all that is looked at.
    near, far = (observed(in_pieces(windows, 1), CPU) for _ in range(2))
    crop = Crop.of(near[0], torch.as_tensor(in_pieces(windows, 1).region))
    points = far[1].trans + torch.tensor([0.3, -0.2, 0.1])
    assert torch.allclose(crop(points), crop(2 * points), atol=1e-3)


def test_the_truth_has_no_key_point_loss_and_a_shift_has_its_pixels(material, windows):
    made = objective(material)
    given, truth = observed(in_pieces(windows, 1), CPU)
    crop = Crop.of(given, torch.as_tensor(in_pieces(windows, 1).region))

    class Right(torch.nn.Module):
        shift = 0.0

        def forward(self, given):
            # A pixel of the crop, to the right of the canonical view.
            pixel = crop.region[:, 2] / 256 * truth.trans[:, 0, 2]
            trans = truth.trans.clone()
            trans[:, 0, 0] += self.shift * pixel
            return Draft(truth.rotations, trans, truth.betas)

    made.network = Right()
    figures = made.losses(windows, np.random.default_rng(0))[0]
    assert float(figures["key_points"]) < 1e-3
    made.network.shift = 10.0
    shifted = float(made.losses(windows, np.random.default_rng(0))[0]["key_points"])
    # Ten pixels along one way that is turned in the crop, the mean of x and y.
    angle = crop.region[:, 3]
    expected = 5 * float((angle.cos().abs() + angle.sin().abs()).mean())
    assert shifted == pytest.approx(expected, rel=0.1)


def test_odd_angles_are_those_that_nobody_reaches(material):
    made = objective(material)
    lower, upper = joint_range()
    assert lower.shape == (69,) and (lower <= upper).all()
    pose = torch.eye(3).repeat(2, 24, 1, 1)
    assert made.odd_angles(pose) == 0
    bent = torch.zeros(2, 24, 3)
    bent[0, 22, 0] = np.radians(20)  # a hand
    bent[1, 4, 0] = np.radians(-30)  # a knee, forwards
    odd = made.odd_angles(axis_angle_to_matrix(bent))
    assert odd == pytest.approx(100 / 69)
    bent[1, 4, 0] = np.radians(30)
    assert made.odd_angles(axis_angle_to_matrix(bent)) == pytest.approx(50 / 69)


def test_rows_are_the_papers_table(material, windows):
    assert ROWS[0].name == "key points" and ROWS[-1].name == "both, critic"
    assert [row.seeds for row in ROWS] == [3, 1, 1, 1, 1, 1, 3]
    for row in ROWS:
        configured(Config(row.name), BUDGET, row.changes)
        made = objective(material, row.changes)
        parts, judged = made.losses(windows, np.random.default_rng(0))
        if made.critics:
            made.critic_losses(judged, np.random.default_rng(0))["critic"].backward()
            assert any(p.grad is not None for p in made.critics.parameters()), row.name
        said = {name for name in ("key points", "silhouettes", "critic") if name in row.name}
        said |= {"key points", "silhouettes"} if "both" in row.name else set()
        names = {"key points": "key_points", "silhouettes": "silhouette", "critic": "adversarial"}
        assert set(parts) == {"loss"} | {names[each] for each in said}, row.name
        assert bool(made.critics) == ("critic" in row.name)
    assert made.config.critic.rotations
    assert not configured(Config("x"), ROWS[-2].changes).critic.rotations
    assert len(KEY_POINTS) == 14 and KinematicConfig().rotations


def test_the_configuration_that_ships_is_the_budget():
    path = Path(papers.__file__).parents[1] / "configs" / "hybrid.json"
    assert Config.load(path) == configured(Config("hybrid"), BUDGET)
    assert papers.config_of("hybrid") is Config


def loop_of(material, folder, *changes) -> Loop:
    config = small(*changes)
    torch.manual_seed(config.seed)
    made = Objective(config, material, CPU)
    return Loop(made, config, PaperBatches(config, material.pairs), folder, CPU)


def test_it_learns_and_its_weights_estimate(material, windows, plain, tmp_path):
    loop = loop_of(material, tmp_path, {"steps": 40, "validate_every": 20})
    rows: list[dict] = []
    loop.run(rows.append)
    assert rows[-1]["key_points"] < 0.8 * rows[0]["key_points"]
    for name in ("val_key_points", "val_silhouette", "val_odd_angles", "val_score", "distance"):
        assert np.isfinite(rows[-1][name]), name
    estimator = Estimator(tmp_path / BEST)
    assert estimator.network.config == small().network
    track = track_of(windows)
    motion = estimator.estimate(
        track, np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]]), plain,
        progress=lambda done, of: None, should_stop=lambda: False,
    )  # fmt: skip
    assert motion.local.shape == (FRAMES, 24, 3, 3) and motion.betas.shape == (10,)
    assert np.abs(motion.trans - windows.trans[0]).max() < 1.5
    up = motion.local[:, 0] @ [0, 1, 0]
    assert (up[:, 1] < -0.8).all()  # upright, y of the camera points down


def track_of(windows) -> PersonTrack:
    """The first clip."""
    middle = np.array([WIDTH, HEIGHT]) / 2
    pixels = FOCAL * windows.rays[0] + middle
    regions = windows.region[0] * [FOCAL, FOCAL, FOCAL, 1] + [*middle, 0, 0]
    track = PersonTrack(
        person_id=1, frame_index=np.arange(FRAMES), timestamps=np.arange(FRAMES) / 30,
        landmarks=np.concatenate([pixels, windows.visibility[0][..., None]], -1).astype("f4"),
        world_landmarks=windows.world[0], score=np.ones(FRAMES, "f4"),
        seen=np.ones(FRAMES, bool), box=np.zeros((FRAMES, 4), "f4"), regions=regions.astype("f4"),
    )  # fmt: skip
    track.image_features = windows.features[0]
    return track


def test_without_weights_it_says_so(tmp_path):
    with pytest.raises(OneTakeError, match="hybrid"):
        Estimator(tmp_path / "none.safetensors")


def test_a_stopped_run_goes_on_with_its_critic(material, tmp_path):
    fast = {"critic_rate": 1e-2}  # what was not kept would be seen
    whole = loop_of(material, tmp_path / "whole", fast)
    whole.run(lambda row: None)
    first = loop_of(material, tmp_path / "parts", fast)
    first.run(lambda row: None, lambda: first.step >= 3)
    again = loop_of(material, tmp_path / "parts", fast)
    assert again.step == 3
    again.run(lambda row: None)
    for ours, theirs in ((whole.network, again.network),
                         (whole.objective.critics, again.objective.critics)):  # fmt: skip
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            # Adam makes steps of rounding where there is hardly a slope: of some numbers alone.
            assert float((a - b).detach().abs().mean()) < 1e-4
