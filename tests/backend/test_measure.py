"""`measure`: each part finds what is wrong, and the report says so."""

import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import av
import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.evaluation import silhouette
from backend.evaluation.benchmark import score
from backend.evaluation.benchmark.clip import Clip, Truth
from backend.evaluation.benchmark_long import looped
from backend.evaluation.measure import (
    accuracy,
    clips,
    command,
    fk,
    session,
    speed,
)
from backend.evaluation.report import Bar, Row, Table
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT
from backend.terminal import Terminal
from backend.video import VideoWriter, frames, probe
from tests.backend.walk import small_body, track_of, walking_take

FINISHED = session.Finished(0, 2.0, 1.0, 10**9, [])


@pytest.fixture
def body():
    return small_body()


@pytest.fixture
def take(body):
    return walking_take(body)


# the report


def test_a_row_keeps_its_bars_or_misses_them():
    bars = {"PA": Bar("≤", 75), "IoU": Bar("≥", 0.6), "exit": Bar("=", 0)}
    good = Row("a", {"PA": 75.0, "IoU": np.float64(0.7), "exit": 0}, bars)
    assert good.misses == [] and good.result == "pass"
    bad = Row("b", {"PA": 75.1, "IoU": float("nan")}, bars)
    assert bad.misses == ["PA", "IoU", "exit"]
    assert bad.result == "**miss**: PA by 0.1, IoU not measured, exit not measured"
    assert Row("c", {"PA": 900.0}).result == ""
    assert Bar("≥", 25).met(np.float32(26)) and Bar("=", 2).met(np.int64(2))
    assert not Bar("≥", 25).met(None) and not Bar("≥", 25).met(float("inf"))
    assert Row("d", problem="no clip").misses == ["no clip"]
    between = Bar("in", (0.9, 1.1))
    assert str(between) == "0.9–1.1" and between.met(0.9) and between.met(1.1)
    assert between.missed_by(0.8) == pytest.approx(0.1) == between.missed_by(1.2)


def test_markdown_of_a_table():
    columns = {"PA, mm": ".1f", "people": "d", "Blender": ""}
    rows = [
        Row("a", {"PA, mm": 80.04, "people": 2, "Blender": "4.5"}, {"PA, mm": Bar("≤", 75)}),
        Row("b", {"PA, mm": float("nan"), "people": None}, problem="x | y\nz"),
    ]
    assert Table("T", columns, rows, "Note.").markdown().splitlines() == [
        "### T",
        "",
        "|  | PA, mm | people | Blender | bar | result |",
        "| --- | --: | --: | --: | --: | --: |",
        "| a | 80.0 | 2 | 4.5 | PA, mm ≤ 75 | **miss**: PA, mm by 5 |",
        "| b | – | – | – |  | **miss**: x / y z |",
        "",
        "Note.",
    ]
    assert "| a | 0.0 |" in Table("T", {"x": ".1f"}, [Row("a", {"x": -0.01})]).markdown()
    assert "bar" not in Table("T", columns, [Row("a", {"people": 1})]).markdown()


def test_the_machine_reads_what_was_measured():
    row = Row("a", {"x": np.float32(1.5), "n": np.int64(2), "?": float("nan")}, {"x": Bar("≤", 1)})
    (found,) = json.loads(json.dumps(Table("T", {}, [row]).to_dict()))["rows"]
    assert found["values"] == {"x": 1.5, "n": 2, "?": None}
    assert found["bars"] == {"x": "≤ 1"} and found["misses"] == ["x"]


# the command


def test_without_clips_a_sentence(tmp_path):
    arguments = SimpleNamespace(clips=tmp_path / "none", output=None)
    with pytest.raises(OneTakeError, match=r"no \.mp4 clips in .*none.*--clips"):
        command.run(arguments)


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_a_part_that_fails_loses_no_other(tmp_path, monkeypatch, capsys, strict, status):
    (tmp_path / "a.mp4").touch()
    good = Table("Good", {"x": "d"}, [Row("a", {"x": 1}, {"x": Bar("=", 1)})])
    monkeypatch.setattr(fk, "measure", lambda _: [good])

    def broken(_):
        raise KeyError("gone")

    monkeypatch.setattr(clips, "measure", broken)
    arguments = SimpleNamespace(
        clips=tmp_path, output=None, only=["fk", "clips"], json=tmp_path / "out.json", strict=strict
    )
    assert command.run(arguments) == status
    out = capsys.readouterr().out
    assert "**miss**: 'gone'" in out and "| a | 1 | x = 1 | pass |" in out
    assert out.endswith("1 of 2 rows keep their bars.\n")
    tables = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["tables"]
    assert [table["part"] for table in tables] == ["clips", "fk"]


# conversions


def test_what_a_command_took_and_said():
    script = "print('a'); b'x' * 60_000_000; raise SystemExit(3)"
    done = session.timed([sys.executable, "-c", script])
    assert done.status == 3 and done.lines == ["a"] and done.seconds > 0
    if done.peak:
        assert 60e6 < done.peak < 200e6 and done.processor > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_a_big_program_does_not_make_its_child_heavy():
    ballast = np.ones(50_000_000)
    assert session.timed([sys.executable, "-c", "pass"]).peak < ballast.nbytes / 2


def test_a_stages_time_is_read_as_it_is_printed(capsys, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("backend.terminal.time.monotonic", lambda: clock[0])
    terminal = Terminal()
    for stage, end in (
        ("finding people", 4.0), ("fitting person 1", 104.0), ("fitting person 2", 105.5),
        ("drawing the preview", 110.0),
    ):  # fmt: skip
        terminal.progress(stage, 7, 9)
        clock[0] = end
    terminal.say("  person 1: 0.00-3.00 s, 90 frames, seen in 100% of them")
    lines = capsys.readouterr().err.splitlines()
    assert clips.stage_seconds(lines) == {
        "people, s": 4.0, "fitting, s": 101.5, "preview, s": 4.5
    }  # fmt: skip


def test_results_are_made_where_they_are_missing(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "timed", lambda command: asked.append(command) or FINISHED)
    running = session.Session(tmp_path, tmp_path)
    for name in ("a.blend", "a.take.npz", "a.person2.take.npz", "a.track.npz", "b.take.npz"):
        (tmp_path / name).touch()
    clip = running.converted(tmp_path / "a.mp4")
    assert not asked
    assert [path.name for path in clip.takes] == ["a.take.npz", "a.person2.take.npz"]
    for _ in range(2):
        running.converted(tmp_path / "b.mp4")
    (words,) = asked
    assert words[1:4] == ["-m", "backend", "convert"] and "--silhouettes" in words


def test_a_failed_conversion_is_told_in_its_own_words(tmp_path, monkeypatch):
    failed = replace(FINISHED, status=1, lines=["a.mp4", "Error: No person was found."])
    monkeypatch.setattr(session, "timed", lambda command: failed)
    running = session.Session(tmp_path, tmp_path)
    with pytest.raises(OneTakeError, match="No person was found"):
        running.converted(tmp_path / "a.mp4")
    (tmp_path / "two_people.mp4").touch()
    (row,) = clips.measure(running)[0].rows
    assert row.misses == ["exit", "people"]


# takes


def test_fk_finds_a_take_that_contradicts_itself(take, body):
    assert fk.row("a", take, body).result == "pass"
    joints = take.joints.copy()
    joints[40, JOINT["left_wrist"], 1] += 0.0002
    assert fk.row("a", replace(take, joints=joints), body).misses == [fk._JOINTS]
    other = fk.row("a", replace(take, betas=take.betas + 0.1), body)
    assert other.misses == [fk._JOINTS, fk._REST]
    # The body hangs at a height of its own.
    raised = replace(take, rest=take.rest + [0, 0.3, 0])
    assert fk.row("a", raised, body).result == "pass"


def test_accuracy_is_judged_for_the_smoothed_take(take, body, tmp_path, monkeypatch):
    with VideoWriter(tmp_path / "walk.mp4", 30) as writer:
        for _ in range(3):
            writer.write(np.zeros((48, 64, 3), np.uint8))
    take.save(tmp_path / "walk.take.npz")
    track_of(take).save(tmp_path / "walk.track.npz")
    (tmp_path / "walk.blend").touch()
    joints = take.joints @ take.camera_R.T + take.camera_t
    tilt = axis_angle_to_matrix(np.radians([5.0, 0, 0]))
    R = tilt @ take.camera_R[:, [0, 2, 1]] * [1, -1, 1]  # from a world whose z is up
    np.savez(tmp_path / "walk.truth.npz", joints_cam=joints, fps=30.0, K=take.camera_K, R=R)
    monkeypatch.setattr(accuracy, "load_body", lambda: body)
    rendered = Clip("walk", tmp_path / "walk.mp4", [Truth.of_take(take, body)])
    monkeypatch.setattr(accuracy, "sample", lambda _: rendered)
    tables = {table.title: table for table in accuracy.measure(session.Session(tmp_path, tmp_path))}
    world = {row.name: row for row in tables["Accuracy, triangulated joints: world"].rows}
    assert world["ik, smoothed"].values[score.GRAVITY] == pytest.approx(5, abs=1e-3)
    bars = tables["Bars"].rows
    assert bars and all(row.name.startswith("pose2sim, ik, smoothed") for row in bars)
    assert all(row.result == "pass" for row in bars)
    pose = {row.name: row for row in tables["Accuracy, sample: pose"].rows}
    assert pose["ik, raw"].values[score.PVE] < 0.01 < pose["frozen pose"].values[score.PVE]


def test_furniture_does_not_travel():
    table = np.tile([100.0, 50, 140, 250], (9, 1))
    walker = table + np.linspace(0, 300, 9)[:, None] * [1, 0, 1, 0]
    assert clips.travel(table) == 0 and clips.travel(walker) == pytest.approx(1.5)


# silhouettes


def test_a_face_fills_the_pixels_it_covers(body):
    square = replace(body, f=np.array([[0, 1, 2], [0, 2, 3]]))
    picture = np.zeros((24, 2))
    picture[:4] = [[10, 20], [40, 20], [40, 60], [10, 60]]
    depth = np.full(24, 3.0)
    mask = silhouette.mask(picture, depth, square, (80, 100))
    rows, columns = np.nonzero(mask)
    assert mask.shape == (80, 100) and abs(mask.sum() - 30 * 40) <= 75  # the edge counts
    assert abs(rows.mean() + 0.5 - 40) < 0.6 and abs(columns.mean() + 0.5 - 25) < 0.6
    depth[3] = -1.0  # behind the camera: one of the two triangles is left
    assert silhouette.mask(picture, depth, square, (80, 100)).sum() == pytest.approx(600, abs=100)


def test_a_landmark_between_vertices_lands_where_the_camera_sees_it(body):
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(24), 33)
    vertices = rng.normal(0, 0.5, (5, 24, 3)) + [0, 0, 3]
    picture, depth = 500 * vertices[..., :2] / vertices[..., 2:], vertices[..., 2]
    points = weights @ vertices
    landmarks = np.concatenate([500 * points[..., :2] / points[..., 2:], np.ones((5, 33, 1))], -1)
    landmarks[..., 0] += 3
    landmarks[2, :, 2] = 0.5  # not sure
    errors = silhouette.landmark_errors(
        picture, depth, replace(body, landmark_regressor=weights), landmarks
    )
    assert np.isnan(errors[2]).all()
    assert np.delete(errors, 2, axis=0) == pytest.approx(np.full((4, 33), 3))


def test_frames_are_spread_over_those_that_count():
    assert silhouette.spread(np.arange(10, 110), 3).tolist() == [10, 60, 109]
    assert silhouette.spread(np.array([4, 7]), 24).tolist() == [4, 7]


# long clips


def test_a_clip_repeats_without_a_seam(tmp_path):
    with VideoWriter(tmp_path / "short.mp4", 30) as writer:
        for k in range(15):
            writer.write(np.full((48, 64, 3), 15 * k, np.uint8))
    speed.repeat(tmp_path / "short.mp4", tmp_path / "long.mp4", 2.0)
    info = probe(tmp_path / "long.mp4")
    with frames(info) as reader:
        seen = [(frame.timestamp, float(frame.rgb.mean())) for frame in reader]
        assert reader.problem is None
    times, shades = np.array(seen).T
    assert not info.variable_rate and info.frame_count == 60
    assert times == pytest.approx(np.arange(60) / 30)
    assert shades == pytest.approx(np.tile(15 * np.arange(15), 4), abs=4)
    with av.open(str(tmp_path / "long.mp4")) as container:
        assert container.streams.video[0].frames == 60


def test_a_long_clip_leaves_no_job_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("ONETAKE_HOME", str(tmp_path / "home"))
    with VideoWriter(tmp_path / "short.mp4", 30) as writer:
        for _ in range(15):
            writer.write(np.zeros((48, 64, 3), np.uint8))

    def estimate(arguments):
        job = tmp_path / "home" / "jobs" / speed.fingerprint(tmp_path / "short.mp4")
        job.mkdir(parents=True)
        return replace(FINISHED, status=1, seconds=1.0)

    monkeypatch.setattr(speed, "timed", estimate)
    row = speed._row("short", session.Clip(tmp_path / "short.mp4", tmp_path))
    assert row.values["frames/s"] == 15 and row.misses == ["frames/s", "exit"]
    assert not any((tmp_path / "home" / "jobs").iterdir())


def test_a_track_is_looped_to_and_fro():
    body = small_body()
    track = track_of(walking_take(body))
    count = len(track.seen)
    long = looped(track, 3 * count, 25.0)
    assert np.array_equal(long.landmarks[:count], track.landmarks)
    assert np.array_equal(long.landmarks[count : 2 * count - 2], track.landmarks[-2:0:-1])
    assert np.array_equal(long.landmarks[2 * count - 2 : 3 * count - 2], track.landmarks)
    assert np.allclose(np.diff(long.timestamps), 0.04) and long.seen.all()
