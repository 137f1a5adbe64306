"""A ResNet-50 that the user names, in the place of what BlazePose sees of the whole person."""

import pickle
from dataclasses import fields, replace
from importlib import import_module

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from backend.body import load_body
from backend.conversion import Options, people_in
from backend.errors import OneTakeError
from backend.people import find_people, resnet
from backend.people.blazepose_steps import FEATURES, PARTS_FEATURES, WHOLE_FEATURES, landmark_crop
from backend.people.detector import Region
from backend.people.resnet import WIDTH, ResNet50, ResNetFrontEnd, load_resnet
from backend.training.pairs import read_pictures, write_shards
from backend.training.pairs.shards import CLIP_FIELDS, FIELDS, PICTURE_FIELDS
from backend.training.papers import config_of, prepared
from backend.training.papers.material import observed
from tests.backend.paper_people import material
from tests.backend.scene import Actor, Scene
from tests.backend.test_people import info, walk

STAGES = (3, 4, 6, 3)


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    """The network takes any size: 64 pixels cost a twelfth of 224."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resnet, "CELLS", 64)
        yield


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    """Weights as torchvision would save them, classifier and all, in half precision."""
    random = torch.Generator().manual_seed(0)
    made = ResNet50().state_dict()
    for name, value in made.items():
        if value.dim() == 4:
            value.normal_(std=(2 / value[0].numel()) ** 0.5, generator=random)
        elif "tracked" not in name:
            value.uniform_(-0.5, 0.5, generator=random).add_("mean" not in name)
    made |= {"fc.weight": torch.zeros(1000, WIDTH), "fc.bias": torch.zeros(1000)}
    return {k: v.half() if v.is_floating_point() else v for k, v in made.items()}


@pytest.fixture(scope="module")
def weights(state, tmp_path_factory):
    path = tmp_path_factory.mktemp("resnet") / "resnet50.safetensors"
    save_file(state, path)
    return path


@pytest.fixture(scope="module")
def front_end(weights) -> ResNetFrontEnd:
    return ResNetFrontEnd(weights)


def by_hand(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """ResNet-50 written down once more, without modules."""

    def normal(x, name):
        mean, var, scale, shift = (
            state[f"{name}.{part}"].float()[:, None, None]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / (var + 1e-5).sqrt() * scale + shift

    def convolved(x, name, **options):
        return functional.conv2d(x, state[f"{name}.weight"].float(), **options)

    x = normal(convolved(x, "conv1", stride=2, padding=3), "bn1").clamp(min=0)
    x = functional.max_pool2d(x, 3, stride=2, padding=1)
    for stage, blocks in enumerate(STAGES, start=1):
        for block in range(blocks):
            at, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            made = normal(convolved(x, f"{at}.conv1"), f"{at}.bn1").clamp(min=0)
            made = convolved(made, f"{at}.conv2", stride=stride, padding=1)
            made = normal(made, f"{at}.bn2").clamp(min=0)
            made = normal(convolved(made, f"{at}.conv3"), f"{at}.bn3")
            if block == 0:
                x = convolved(x, f"{at}.downsample.0", stride=stride)
                x = normal(x, f"{at}.downsample.1")
            x = (made + x).clamp(min=0)
    return x.mean(dim=(2, 3))


def test_it_is_resnet_50(front_end, state):
    """Its features are those of the formulas, of crops standardised as ImageNet's."""
    network = front_end._network
    assert sum(p.numel() for p in network.parameters()) == 25_557_032 - 1000 * (WIDTH + 1)
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    crops = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    features = front_end(list(crops))
    assert features.shape == (2, WIDTH) and features.dtype == np.float32
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    given = torch.as_tensor((crops / 255 - mean) / deviation).float().permute(0, 3, 1, 2)
    expected = by_hand(state, given).numpy()
    assert expected.std(axis=0).mean() > 1e-3 * expected.mean(), "both crops look alike"
    nearly = 1e-5 * expected.max()
    np.testing.assert_allclose(features, expected, atol=nearly)
    np.testing.assert_allclose(front_end(list(crops[:1])), features[:1], atol=nearly)


def test_what_convolutions_do_not_add_goes_around_them():
    """Without a convolution, biases alone make the answer; worked out by hand."""
    network = ResNet50().eval()
    for name, value in network.state_dict().items():
        value.fill_(1 if name.endswith("running_var") else 0)
    last = network.layer4
    channel = torch.arange(WIDTH) - 1000.0
    last[0].downsample[1].bias.data.copy_(channel)
    for block, bias in zip(last, (10.0, -20.0, 3.0), strict=True):
        block.bn3.bias.data.fill_(bias)
    expected = (((channel + 10).clamp(min=0) - 20).clamp(min=0) + 3).clamp(min=0)
    with torch.no_grad():
        assert torch.equal(network(torch.rand(1, 3, 32, 32))[0], expected)


@pytest.mark.parametrize("file, wrapped", [
    ("net.safetensors", lambda state: {f"module.backbone.{k}": v for k, v in state.items()}),
    ("net.pt", lambda state: {"epoch": 3, "optimizer": {0: torch.zeros(2)}, "model": state}),
    ("net.pth.tar", lambda state: {"state_dict": {f"backbone.{k}": v for k, v in state.items()}
                                   | {"head.conv1.weight": torch.zeros(2)}}),
    # As files of old are.
    ("net.pth", lambda state: {k: v for k, v in state.items() if "tracked" not in k}),
])  # fmt: skip
def test_what_others_wrap_around_is_undone(state, front_end, tmp_path, file, wrapped):
    path = tmp_path / file
    save = save_file if path.suffix == ".safetensors" else torch.save
    save(wrapped(state), path)
    ours, theirs = load_resnet(path).state_dict(), front_end._network.state_dict()
    for name in ("conv1.weight", "layer3.5.bn2.running_var", "layer4.2.conv3.weight"):
        assert torch.equal(ours[name], theirs[name]) and ours[name].dtype == torch.float32


@pytest.mark.parametrize("change, says", [
    (lambda state: {"alien": torch.zeros(2)}, "conv1.weight is missing"),
    (lambda state: {k: v for k, v in state.items() if not k.startswith("layer2.3")},
     "layer2.3.conv1.weight is missing"),
    (lambda state: state | {"layer1.0.conv2.weight": torch.zeros(128, 64, 3, 3)},
     r"layer1.0.conv2.weight is \(128, 64, 3, 3\), not \(64, 64, 3, 3\)"),
    (lambda state: state | {"layer3.6.conv1.weight": torch.zeros(2)},
     "layer3.6.conv1.weight is too much"),
])  # fmt: skip
def test_what_is_no_resnet_50_is_told_by_what_does_not_fit(state, tmp_path, change, says):
    save_file(change(state), tmp_path / "other.safetensors")
    with pytest.raises(OneTakeError, match=says) as caught:
        load_resnet(tmp_path / "other.safetensors")
    assert caught.value.code == "bad_front_end"


class Intruder:
    """What a torch file must not run."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_no_code_in_a_file_is_run(tmp_path):
    trace = tmp_path / "trace"
    torch.save({"model": Intruder(trace)}, tmp_path / "net.pt")
    (tmp_path / "net.pkl").write_bytes(pickle.dumps({"model": Intruder(trace)}, protocol=2))
    for name in ("net.pt", "net.pkl"):
        with pytest.raises(OneTakeError, match="could run code") as caught:
            load_resnet(tmp_path / name)
        assert "\n" not in str(caught.value) and not trace.exists()


@pytest.mark.parametrize("name", ["net.safetensors", "net.pth"])
def test_damaged_and_missing_files(tmp_path, name):
    with pytest.raises(OneTakeError, match="cannot be read") as caught:
        load_resnet(tmp_path / name)
    (tmp_path / name).write_bytes(b"\x80\x02 no weights at all" * 9)
    with pytest.raises(OneTakeError, match="holds no weights") as caught:
        load_resnet(tmp_path / name)
    assert caught.value.code == "bad_front_end"


class Colours:
    """A front end whose five features are the crop's mean colour, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, crops):
        self.asked += len(crops)
        means = [crop.reshape(-1, 3).mean(axis=0) for crop in crops]
        return np.array([[*mean, self.asked, 7] for mean in means], np.float32)


@pytest.mark.parametrize("thorough", [False, True])
def test_a_track_holds_what_the_front_end_saw_and_the_landmarks_of_blazepose(thorough):
    scene, front_end = Scene([Actor(walk(200, 260, 8))], 8), Colours()
    pictures = [frame.rgb for frame in scene.frames()]
    (track,) = find_people(scene.frames(), info(scene), None, detector=scene, features=True,
                           front_end=front_end, thorough=thorough)  # fmt: skip
    assert track.image_features.shape == (8, 5 + PARTS_FEATURES)
    for rgb, region, got in zip(pictures, track.regions, track.image_features, strict=True):
        crop = landmark_crop(rgb, Region(*map(float, region)))
        np.testing.assert_allclose(got[:3], crop.reshape(-1, 3).mean(axis=0), atol=0.5)
        assert got[4] == 7
    parts = track.image_features[:, 5:]
    assert (parts == track.frame_index[:, None] + 1).all()
    assert front_end.asked < 3 * len(pictures), "it looks once, however often BlazePose does"


def test_resnets_features_and_those_of_the_landmarks_are_3632(front_end):
    scene = Scene([Actor(walk(200, 260, 2))], 2)
    (track,) = find_people(scene.frames(), info(scene), None, detector=scene, features=True,
                           front_end=front_end)  # fmt: skip
    assert track.image_features.shape == (2, WIDTH + PARTS_FEATURES) == (2, 3632)
    assert np.isfinite(track.image_features).all() and track.image_features[:, :WIDTH].any()


def test_people_are_found_anew_with_another_front_end(own_home, person, weights, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(own_home))

    def looked(**named) -> tuple[int, bool]:
        """How many features a frame has, and whether anybody looked at the video for them."""
        steps = []
        options = Options(end=0.06, estimator="hybrid", weights=weights, **named)
        _, (track,), _ = people_in(person, options, progress=lambda *done: steps.append(1))
        return track.image_features.shape[1], bool(steps)

    wide = WIDTH + PARTS_FEATURES
    assert looked(front_end=weights) == (wide, True)
    assert looked(front_end=weights) == (wide, False)
    assert looked() == (FEATURES, True)
    other = weights.with_name("other.safetensors")
    state = load_file(weights)
    save_file(state | {"fc.bias": state["fc.bias"] + 1}, other)
    assert looked(front_end=other) == (wide, True)


def test_what_cannot_go_together_is_refused_before_any_work(weights, tmp_path):
    for estimator, named in (("hybrid", None), ("onetake", weights), ("ik", weights)):
        with pytest.raises(OneTakeError, match="--weights") as caught:
            Options(estimator=estimator, front_end=weights, weights=named)
        assert caught.value.code == "lone_front_end"
    for name in ("front_end", "weights"):
        with pytest.raises(OneTakeError, match=r"no file .*none.pt"):
            Options(estimator="hybrid", **{name: tmp_path / "none.pt"})


def records(count: int, width: int) -> list[dict[str, np.ndarray]]:
    """Clips of nobody, with that many image features a frame."""
    frames = {k: np.zeros((3, *shape), kind) for k, (shape, kind) in FIELDS.items()}
    frames["image_features"] = np.ones((3, width), "f2")
    frames["silhouette"] = np.zeros((3, *PICTURE_FIELDS["silhouette"][0]), "u1")
    clip = {k: np.zeros(shape, kind) for k, (shape, kind) in CLIP_FIELDS.items()}
    return [frames | clip] * count


def test_pairs_have_the_width_of_their_front_end_and_one_alone(tmp_path):
    def write(index: int, width: int) -> None:
        clips = records(2, width)
        list(write_shards(tmp_path, [index], lambda _, k: clips[k], clips=2, pictures=True))

    write(0, WIDTH + PARTS_FEATURES)
    assert read_pictures(tmp_path)["image_features"].shape == (6, WIDTH + PARTS_FEATURES)
    write(1, FEATURES)
    with pytest.raises(ValueError, match="another --front-end"):
        read_pictures(tmp_path)


SMALL = {
    "sru_attention": {"network": {"hidden": 16, "width": 16}, "real": 4},
    "joint_gru": {"network": {"features": 8, "context": 8, "hidden": 8}, "real": 4},
    "hybrid": {"network": {"width": 16}, "sequences": 4},
    "multimodal_depth": {"network": {"width": 16, "branch_width": 16}, "critic_width": 16},
}


@pytest.fixture(scope="module")
def people(models):
    """Training material by how many features of the whole person it has."""
    plain = material(load_body(), count=3)

    def widened(windows):
        extra = np.zeros((*windows.seen.shape, WIDTH - WHOLE_FEATURES), "f2")
        return replace(windows, features=np.concatenate([extra, windows.features], axis=-1))

    wide = replace(plain, pairs=widened(plain.pairs), validation=widened(plain.validation))
    return {WHOLE_FEATURES: plain, WIDTH: wide}


def saved(name: str, given, path, leave_out: str = "") -> None:
    """A network as `train` would write it, not trained."""
    config = config_of(name).of({"name": name} | SMALL[name], path)
    objective, _ = prepared(config, given, torch.device("cpu"))
    said = {k: v for k, v in objective.metadata().items() if k != leave_out}
    save_file({k: v.contiguous() for k, v in objective.network.state_dict().items()}, path, said)


@pytest.mark.parametrize("name", SMALL)
def test_a_network_wants_the_front_end_that_it_was_trained_with(people, tmp_path, name):
    seen = {
        width: observed(some.pairs.cut(np.zeros(1, int), np.zeros(1, int), 16), torch.device("cpu"))
        for width, some in people.items()
    }
    paper = import_module(f"backend.estimators.papers.{name}")
    sentences = {WIDTH: r"want 2048 .* not 1152.* --front-end",
                 WHOLE_FEATURES: r"own 1152 .* not 2048.*leave out --front-end"}  # fmt: skip
    for width, other in ((WIDTH, WHOLE_FEATURES), (WHOLE_FEATURES, WIDTH)):
        path = tmp_path / f"{width}.safetensors"
        # Weights of before there were front ends do not say what they want.
        saved(name, people[width], path, leave_out="whole" if width == WHOLE_FEATURES else "")
        network = paper.Estimator.of_quality("best", "cpu", path).network
        with torch.no_grad():
            answer = network(seen[width][0])
            assert all(
                torch.isfinite(getattr(answer, f.name)).all()
                for f in fields(answer)
                if isinstance(getattr(answer, f.name), torch.Tensor)
            )
            with pytest.raises(OneTakeError, match=sentences[width]) as caught:
                network(seen[other][0])
        assert caught.value.code == "other_front_end"
