"""The official SMPL files, made here in their exact layouts: protocol 2 pickles of Python 2 with
chumpy and scipy objects, and npz; and pickles that want more than to be read."""

import os
import pickle
import pickletools

import numpy as np
import pytest

from backend.body.smpl_file import load_smpl, smpl_npz
from backend.errors import OneTakeError
from backend.motion.body import Body
from backend.motion.skeleton import PARENTS, REST
from tests.smpl_files import classes_of_pickles, csc, official

COUNT = 60


@pytest.fixture
def truth():
    """An SMPL body's arrays, with few vertices."""
    rng = np.random.default_rng(0)
    weights = rng.random((COUNT, 24))
    regressor = np.zeros((24, COUNT))
    for joint in range(24):
        regressor[joint, rng.choice(COUNT, 3, replace=False)] = 1 / 3
    parents = np.array(PARENTS, np.int64)
    return {
        "v_template": rng.normal(0, 1, (COUNT, 3)) + REST.mean(axis=0),
        "shapedirs": rng.normal(0, 0.01, (COUNT, 3, 10)),
        "posedirs": rng.normal(0, 0.01, (COUNT, 3, 207)),
        "J_regressor": regressor,
        "weights": weights / weights.sum(axis=1, keepdims=True),
        "f": rng.integers(0, COUNT, (100, 3)).astype(np.uint32),
        "kintree_table": np.stack([parents, np.arange(24)]).astype(np.uint32),
    }


@pytest.fixture
def classes(monkeypatch):
    """chumpy's and scipy's classes as far as pickles show them: a name and a state."""
    return classes_of_pickles(monkeypatch)


def _assert_is(body, truth):
    assert body.name == "smpl"
    for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "f"):
        assert np.abs(getattr(body, name) - truth[name]).max() < 1e-6, name


@pytest.mark.parametrize("protocol", [0, 2])
def test_a_pickle_with_chumpy_and_scipy_objects(truth, classes, tmp_path, protocol):
    path = tmp_path / "basicModel_neutral_lbs_10_207_0_v1.0.0.pkl"
    data = official(truth, classes)
    if protocol == 0:  # Python 2's default: copy_reg builds the objects
        data["posedirs"].__dict__.pop("_dirty_vars")
    path.write_bytes(pickle.dumps(data, protocol))
    _assert_is(load_smpl(path), truth)


def test_three_hundred_directions_are_cut_to_ten(truth, classes, tmp_path):
    more = np.concatenate([truth["shapedirs"], np.ones((COUNT, 3, 290))], axis=2)
    data = {**official(truth, classes), "shapedirs": more}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(data, 2))
    _assert_is(load_smpl(tmp_path / "a.pkl"), truth)


@pytest.mark.parametrize("pickled", [False, True])
def test_an_npz_also_with_a_pickled_matrix(truth, classes, tmp_path, pickled):
    arrays = dict(truth)
    if pickled:
        arrays["J_regressor"] = np.empty((), object)
        arrays["J_regressor"][()] = csc(classes["csc_matrix"], truth["J_regressor"])
        arrays["posedirs"] = np.asfortranarray(truth["posedirs"])
    np.savez(tmp_path / "SMPL_NEUTRAL.npz", **arrays)
    _assert_is(load_smpl(tmp_path / "SMPL_NEUTRAL.npz"), truth)


def test_it_becomes_an_npz_once(truth, classes, tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(official(truth, classes), 2))
    made = smpl_npz(path)
    _assert_is(Body.load(made), truth)
    before = made.stat().st_mtime_ns
    assert smpl_npz(path) == made and made.stat().st_mtime_ns == before


class _Calls:
    def __init__(self, function, *arguments):
        self.made = function, arguments

    def __reduce__(self):
        return self.made


@pytest.mark.parametrize("where", ["top", "array", "npz"])
@pytest.mark.parametrize("function", [os.system, eval, print, os.mkdir])
def test_hostile_files_are_refused_and_not_run(truth, tmp_path, where, function):
    proof = tmp_path / "proof"
    argument = {
        os.system: f"touch {proof}",
        eval: f"open({str(proof)!r}, 'w')",
        print: str(proof),
        os.mkdir: str(proof),
    }[function]
    attack = _Calls(function, argument)
    path = tmp_path / "a.pkl"
    if where == "npz":
        path = tmp_path / "a.npz"
        item = np.empty((), object)
        item[()] = attack
        np.savez(path, **{**truth, "weights": item})
    else:
        path.write_bytes(pickle.dumps(attack if where == "top" else {**truth, "f": attack}, 2))
    with pytest.raises(OneTakeError) as raised:
        load_smpl(path)
    assert raised.value.code == "unsafe_pickle" and not proof.exists()


def test_stand_ins_do_nothing_but_keep(truth, classes, tmp_path):
    """chumpy's names may be called with anything; nothing of the file's choosing happens."""
    data = official(truth, classes)
    data["f"] = _Calls(classes["Ch"], "touch proof")
    code = pickle.dumps(data, 2)
    assert "chumpy.ch Ch" in [str(argument) for _, argument, _ in pickletools.genops(code)]
    (tmp_path / "a.pkl").write_bytes(code)
    with pytest.raises(OneTakeError, match="damaged"):
        load_smpl(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weights": np.ones((COUNT, 52))}, "24 joints"),
        ({"shapedirs": np.ones((COUNT, 3, 8))}, "fewer than ten"),
        ({"f": np.full((4, 3), COUNT)}, "no vertex"),
        ({"kintree_table": np.zeros((2, 24))}, "other joints"),
        ({"v_template": np.full((COUNT, 3), np.nan)}, "not all numbers"),
        ({"v_template": "text"}, "damaged"),
    ],
)
def test_what_is_no_smpl_body_is_said_so(truth, tmp_path, change, sentence):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({**truth, **change}, 2))
    with pytest.raises(OneTakeError, match=sentence):
        load_smpl(tmp_path / "a.pkl")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02}", b"text"])
def test_other_files_are_said_so(tmp_path, content):
    (tmp_path / "a.pkl").write_bytes(content)
    with pytest.raises(OneTakeError) as raised:
        load_smpl(tmp_path / "a.pkl")
    assert raised.value.code in ("bad_pickle", "bad_body")
    with pytest.raises(OneTakeError, match="cannot be read"):
        load_smpl(tmp_path / "none.pkl")
