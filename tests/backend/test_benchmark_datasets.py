"""Reading 3DPW and MPI-INF-3DHP: tiny folders in their own formats, and hostile ones."""

import pickle
import struct
import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import scipy.io

from backend.errors import OneTakeError
from backend.evaluation.benchmark import mpi_inf_3dhp, pictures, threedpw
from backend.evaluation.benchmark.score import known_runs
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, REST
from backend.safe_pickle import load_arrays
from backend.video import frames, probe

FRAMES = 4


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))


class Python2(pickle._Pickler):
    """Writes what Python 2 wrote, in which 3DPW is: protocol 2, bytes as its strings."""

    dispatch = pickle._Pickler.dispatch.copy()

    def __init__(self, file):
        super().__init__(file, protocol=2)

    def _bytes(self, value):
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)

    dispatch[bytes] = _bytes
    dispatch[str] = lambda self, value: self._bytes(value.encode())


def dump(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        Python2(file).dump(data)
    path.write_bytes(path.read_bytes().replace(b"numpy._core.", b"numpy.core."))


def draw(folder, names):
    """Pictures, each a little lighter than the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((48, 64, 3), 20 + 40 * k, np.uint8))


def shades(video):
    with frames(probe(video)) as reader:
        return [float(frame.rgb.mean()) for frame in reader]


def quiet(stage, done, total):
    pass


# 3DPW


def sequence(name="walk_00", valid=(1, 1, 0, 1)):
    """Two people, the second a metre further left, before a camera that turns."""
    world = np.repeat(REST[None], FRAMES, axis=0)
    world = np.stack([world, world + [1.0, 0, 0]])
    cameras = np.zeros((FRAMES, 4, 4))
    yaw = np.linspace(0, 0.1, FRAMES)[:, None] * [0, 1.0, 0]
    cameras[:, :3, :3] = axis_angle_to_matrix(yaw) @ np.diag([1.0, -1, -1])
    cameras[:, :3, 3] = [0, 0, 4]
    cameras[:, 3, 3] = 1
    rng = np.random.default_rng(0)
    return {
        "sequence": name,
        "jointPositions": [each.reshape(FRAMES, 72) for each in world],
        "poses": [rng.normal(0, 0.1, (FRAMES, 72)) for _ in range(2)],
        "trans": [each[:, 0] for each in world],
        "betas": [np.zeros(10), np.zeros(10)],
        "genders": ["m", "f"],
        "cam_poses": cameras,
        "campose_valid": [np.array(valid), np.array([1, 1, 1, 1])],
        "cam_intrinsics": np.array([[100.0, 0, 32], [0, 100, 24], [0, 0, 1]]),
        "poses2d": [np.zeros((FRAMES, 3, 18))] * 2,
        "img_frame_ids": np.arange(FRAMES),
    }


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "3DPW"
    dump(folder / "sequenceFiles" / "test" / "walk_00.pkl", sequence())
    draw(folder / "imageFiles" / "walk_00", [f"image_{k:05d}.jpg" for k in range(FRAMES)])
    return folder


def test_a_sequence_of_3dpw(dataset):
    dump(dataset / "sequenceFiles" / "train" / "other.pkl", {})  # not of the test split
    (clip,) = threedpw.clips(dataset, quiet)
    assert clip.name == "walk_00"
    info = probe(clip.video)
    assert (info.width, info.height, info.fps, info.frame_count) == (64, 48, 30, FRAMES)
    assert shades(clip.video) == pytest.approx([20, 60, 100, 140], abs=4)
    first, second = clip.truths
    assert [first.name, second.name] == ["person 1", "person 2"]
    assert first.motion.world[0] == pytest.approx(REST)
    # x right, y down, z forward: the camera at 4 m looks the other way round.
    assert first.motion.joints[0] == pytest.approx(REST * [1, -1, -1] + [0, 0, 4])
    assert first.picture[0, 0] == pytest.approx([32, 24 + 100 * 0.225 / 3.97])
    assert np.isnan(first.motion.joints[2]).all()  # the camera was not found
    assert known_runs(first.motion.joints) == [slice(0, 2), slice(3, 4)]
    assert known_runs(second.motion.joints) == [slice(0, 4)]
    assert second.motion.poses.shape == (FRAMES, 24, 3) and second.motion.betas is None
    turned = np.einsum("tab,tjb->tja", second.motion.camera_R, second.motion.world)
    assert second.motion.joints == pytest.approx(turned + [0, 0, 4])


def test_the_video_of_a_sequence_is_made_once(dataset):
    (clip,) = threedpw.clips(dataset, quiet)
    made = clip.video.stat().st_mtime_ns
    (again,) = threedpw.clips(dataset, quiet)
    assert again.video == clip.video and clip.video.stat().st_mtime_ns == made
    draw(dataset / "imageFiles" / "walk_00", ["image_00000.jpg", "image_00001.jpg"])
    assert threedpw.clips(dataset, quiet)[0].video != clip.video  # other pictures, another video


def test_damaged_sequences_are_told(dataset):
    file = dataset / "sequenceFiles" / "test" / "walk_00.pkl"
    short = sequence()
    short["poses"][0] = short["poses"][0][:2]
    for data, words in (
        ({"sequence": "walk_00"}, "no sequence of 3DPW"),
        (short, "differ in length"),
        (sequence("../../etc"), "names its sequence"),
        (sequence("gone"), "no picture .*gone"),
        ([1, 2], "no sequence of 3DPW"),
    ):
        dump(file, data)
        with pytest.raises(OneTakeError, match=words):
            threedpw.clips(dataset, quiet)
    with pytest.raises(OneTakeError, match="no sequenceFiles"):
        threedpw.clips(dataset / "imageFiles", quiet)


class Hostile:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_hostile_pickle_does_nothing(tmp_path, protocol):
    proof, file = tmp_path / "proof", tmp_path / "bad.pkl"
    hostile = Hostile(exec, f"open({str(proof)!r}, 'w')")
    file.write_bytes(pickle.dumps({"poses": [1.0, hostile]}, protocol=protocol))
    with pytest.raises(OneTakeError, match=r"asks for .*exec") as raised:
        load_arrays(file)
    assert raised.value.code == "unsafe_pickle" and not proof.exists()


def test_only_the_names_that_arrays_need_are_known(tmp_path):
    file = tmp_path / "bad.pkl"
    for module, name in (
        ("os", "system"), ("builtins", "getattr"), ("numpy", "load"), ("numpy", "ndarray.tofile"),
        ("numpy.core.multiarray", "fromfile"), ("scipy.sparse", "csc_matrix"),
        ("backend.home", "home"), ("pickle", "loads"),
    ):  # fmt: skip
        # Protocol 4 would follow the dots of a name.
        body = b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
        file.write_bytes(b"\x80\x04" + body + b"\x93.")
        with pytest.raises(OneTakeError, match="was not opened"):
            load_arrays(file)
    for content in (b"", b"not a pickle", b"\x80\x04\x93."):
        file.write_bytes(content)
        with pytest.raises(OneTakeError, match="no pickle"):
            load_arrays(file)
    with pytest.raises(OneTakeError, match="cannot be read"):
        load_arrays(tmp_path / "missing.pkl")


def test_arrays_text_and_numbers_come_through(tmp_path):
    data = {"a": [np.arange(3.0), np.array([[True]])], "t": ("x", 1, 2.5, None), "s": np.float32(2)}
    file = tmp_path / "good.pkl"
    for protocol in (4, "python 2"):
        if protocol == 4:
            file.write_bytes(pickle.dumps(data, protocol=4))
        else:
            dump(file, data)
        found = load_arrays(file)
        assert found["a"][0].tolist() == [0, 1, 2] and found["a"][1].tolist() == [[True]]
        assert tuple(found["t"]) == ("x", 1, 2.5, None) and found["s"] == 2


# MPI-INF-3DHP


def annotations():
    """As MATLAB has them: 3 x 17 x 1 x T millimetres, the head's top first."""
    joints = np.zeros((3, 17, 1, FRAMES))
    joints[2] = 3000.0
    joints[0, 4] = 400.0  # the right wrist
    joints[0, 11] = -120.0  # the left hip
    picture = np.zeros((2, 17, 1, FRAMES))
    picture[0, 4] = 40.0
    return {
        "univ_annot3": joints,
        "annot2": picture,
        "valid_frame": np.array([[1], [0], [1], [1]]),
    }


@pytest.fixture
def test_set(tmp_path):
    folder = tmp_path / "3DHP"
    draw(folder / "TS1" / "imageSequence", [f"img_{k:06d}.jpg" for k in range(1, FRAMES + 1)])
    scipy.io.savemat(folder / "TS1" / "annot_data.mat", annotations())
    return folder


def check(clip):
    assert clip.name == "TS1"
    info = probe(clip.video)
    assert (info.fps, info.frame_count) == (25, FRAMES)
    (truth,) = clip.truths
    joints = truth.motion.joints
    assert joints[0, JOINT["right_wrist"]] == pytest.approx([0.4, 0, 3])
    assert joints[0, JOINT["left_hip"]] == pytest.approx([-0.12, 0, 3])
    assert np.isnan(joints[0, JOINT["left_collar"]]).all()
    assert np.isnan(joints[1]).all() and truth.motion.poses is None
    assert truth.picture[0, JOINT["right_wrist"]] == pytest.approx([40, 0])
    assert known_runs(joints) == [slice(0, 1), slice(2, 4)]


def test_a_sequence_of_mpi_inf_3dhp(test_set):
    (clip,) = mpi_inf_3dhp.clips(test_set, quiet)
    check(clip)


def hdf5(test_set):
    """Its real files: MATLAB 7.3. Only the header matters to scipy, which does not read them."""
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    (test_set / "TS1" / "annot_data.mat").write_bytes(header + bytes(512))


def test_matlab_7_3_wants_h5py(test_set, monkeypatch):
    hdf5(test_set)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(OneTakeError, match="takes h5py"):
        mpi_inf_3dhp.clips(test_set, quiet)


def test_matlab_7_3_through_h5py(test_set, monkeypatch):
    """A stand-in: h5py gives MATLAB's axes in reverse order."""
    hdf5(test_set)

    class File(dict):
        def __init__(self, path, mode):
            values = annotations().items()
            super().__init__({key: {(): np.asarray(value).T} for key, value in values})

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setitem(sys.modules, "h5py", SimpleNamespace(File=File))
    (clip,) = mpi_inf_3dhp.clips(test_set, quiet)
    check(clip)


def test_damaged_annotations_are_told(test_set):
    file = test_set / "TS1" / "annot_data.mat"
    scipy.io.savemat(file, {"annot2": np.zeros((2, 17, 1, 4))})
    with pytest.raises(OneTakeError, match="no annotation"):
        mpi_inf_3dhp.clips(test_set, quiet)
    file.write_bytes(b"no MATLAB")
    with pytest.raises(OneTakeError, match="no MATLAB file"):
        mpi_inf_3dhp.clips(test_set, quiet)
    scipy.io.savemat(file, annotations())
    (test_set / "TS1" / "imageSequence" / "img_000003.jpg").unlink()
    with pytest.raises(OneTakeError, match="img_000003"):
        mpi_inf_3dhp.clips(test_set, quiet)
    with pytest.raises(OneTakeError, match="no TS"):
        mpi_inf_3dhp.clips(test_set / "TS1", quiet)


def test_a_broken_picture_leaves_no_video(tmp_path):
    draw(tmp_path / "a", ["1.jpg"])
    (tmp_path / "a" / "2.jpg").write_bytes(b"none")
    with pytest.raises(OneTakeError, match=r"2\.jpg is no picture"):
        pictures.as_video([tmp_path / "a" / "1.jpg", tmp_path / "a" / "2.jpg"], 30, lambda *_: None)
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
