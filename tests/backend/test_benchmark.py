"""`benchmark`: what is right scores so, what is wrong shows, and the tables say it."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from backend import cli
from backend.errors import OneTakeError
from backend.evaluation.benchmark import (
    command,
    plots,
    run,
    score,
    scored,
    sweep,
    tables,
    without_truth,
)
from backend.evaluation.benchmark import estimates as estimates_
from backend.evaluation.benchmark.bars import CLIPS, IOU, POSE2SIM, RENDERED
from backend.evaluation.benchmark.clip import Clip, Truth, matching
from backend.evaluation.benchmark.estimates import Estimates
from backend.evaluation.benchmark.motion import Motion
from backend.evaluation.benchmark.rows import BLAZEPOSE, FROZEN, MEAN, TRUTH
from backend.evaluation.benchmark.sources import Folders, sources, videos
from backend.evaluation.silhouette import Agreement
from backend.motion.rotations import axis_angle_to_matrix
from backend.motion.skeleton import JOINT, LANDMARK, LIMB_JOINTS
from backend.motion.smoothing import SmoothingSettings
from tests.backend.walk import small_body, track_of, walking_take

KEEP = SmoothingSettings(strength=dict.fromkeys(SmoothingSettings().strength, 0.0))


@pytest.fixture
def body():
    return small_body()


@pytest.fixture
def take(body):
    return walking_take(body)


def compared(predicted, true, body):
    motions = (Motion.of_take(each, body) for each in (predicted, true))
    return score.pool([score.score(*motions, body)])


def estimates_of(*takes):
    return Estimates(SimpleNamespace(fps=30.0), list(map(track_of, takes)), {"ik": list(takes)})


def rows_of(take, truth, body, settings=KEEP):
    """Row -> column -> number, of one clip."""
    clip = Clip("walk", None, [truth])
    (found,) = scored.scored(clip, estimates_of(take), settings, body)
    return tables.pooled_rows([found.samples])


# one motion against another


def test_a_perfect_prediction(take, body):
    found = compared(take, take, body)
    ones = {score.SLOPE, score.R, score.ROTATION_SLOPE, score.ROTATION_R}
    for column in ones:
        assert found.pop(column) == pytest.approx(1)
    truths = {score.TRUE_ACCEL, score.TRUE_JITTER, score.JITTER}
    assert {c: v for c, v in found.items() if c not in truths} == pytest.approx(
        dict.fromkeys(set(found) - truths, 0), abs=1e-5
    )
    assert found[score.JITTER] == found[score.TRUE_JITTER] > 0
    every = {**tables.POSE, **tables.MOVEMENT, **tables.WORLD}
    assert set(found) | ones >= set(every)


def test_a_shrunken_swing(take, body):
    poses = take.poses.copy()
    poses[:, JOINT["left_shoulder"]] *= 0.5
    found = compared(take.with_motion(poses, take.trans), take, body)
    assert found[score.ROTATION_SLOPE] == pytest.approx(0.5, abs=1e-3)
    assert 0.4 < found[score.SLOPE] < 0.6
    assert found[score.R] > 0.9
    assert 0.4 < found[score.RELATIVE] < 0.7


def test_each_error_has_its_column(take, body):
    right = compared(take, take, body)

    def changed(**values):
        found = compared(replace(take, **values), take, body)
        return {c for c in found if abs(found[c] - right[c]) > 1e-3}, found

    turned = take.poses.copy()
    turned[:, JOINT["head"], 0] += np.radians(30)
    columns, found = changed(poses=turned)
    assert found[score.HEAD] == pytest.approx(30, abs=1e-3)
    assert found[score.ANGLES] == pytest.approx(30 / 23, abs=1e-3)
    assert columns == {score.HEAD, score.ANGLES}  # the joints are as they were, and so is the skin

    axis = take.rest[JOINT["left_knee"]] - take.rest[JOINT["left_hip"]]
    twisted = take.poses.copy()
    twisted[:, JOINT["left_hip"]] = np.radians(20) * axis / np.linalg.norm(axis)
    found = changed(poses=twisted)[1]
    assert found[score.THIGH_TWIST] == pytest.approx(10, abs=1e-3)  # of two thighs
    assert found[score.FOREARM_TWIST] == pytest.approx(0, abs=1e-3)

    up = axis_angle_to_matrix(np.array([np.radians(8), 0, 0])) @ take.camera_R
    found = changed(camera_R=up)[1]
    assert found[score.GRAVITY] == pytest.approx(8, abs=1e-3)

    sunk = take.trans - [0, 0.5, 0]
    deep = take.with_motion(take.poses, sunk)
    found = compared(deep, take, body)
    height = body.skin(take.poses[:1], take.betas, take.trans[:1])[..., 1].min()
    assert found[score.FLOOR] == pytest.approx(1000 * (0.5 - height), abs=0.5)
    for about_the_pelvis in (score.MPJPE, score.PVE):
        assert found[about_the_pelvis] == pytest.approx(0, abs=1e-3)

    slides = take.trans + 0.004 * np.arange(90)[:, None] * [0, 0, 1]
    found = compared(take.with_motion(take.poses, slides), take, body)
    assert found[score.SKATE] == pytest.approx(4, abs=0.01)
    assert 0 < found[score.RTE] < 10 and found[score.W] > 10

    wide = replace(take, betas=take.betas + 1)
    assert compared(wide, take, body)[score.PVE] > 5


def test_an_unknown_stretch_is_left_out(take, body):
    true = Motion.of_take(take, body)
    wrong = true.joints.copy()
    wrong[:40] += np.random.default_rng(0).normal(0, 0.2, (40, 24, 3))
    gap = true.joints.copy()
    gap[:40] = np.nan
    blind = replace(true, joints=gap)
    found = score.pool([score.score(replace(true, joints=wrong), blind, body)])
    for column in (score.PA, score.MPJPE, score.RELATIVE, score.WA, score.LAG):
        assert found[column] == pytest.approx(0, abs=1e-5)
    assert found[score.SLOPE] == pytest.approx(1)
    assert score.known_runs(gap) == [slice(40, 90)]


def test_relative_acceleration_is_pooled_over_pooled():
    calm = {score.ACCEL: np.full(10, 1.0), score.TRUE_ACCEL: np.full(10, 1.0)}
    wild = {score.ACCEL: np.full(30, 4.0), score.TRUE_ACCEL: np.full(30, 8.0)}
    assert score.pool([calm, wild])[score.RELATIVE] == pytest.approx(130 / 250)


# the rows of a clip


def test_baselines_that_do_nothing(take, body):
    rows = rows_of(take, Truth.of_take(take, body), body)
    assert list(rows) == [
        FROZEN, MEAN, f"{TRUTH}, smoothed",
        f"{BLAZEPOSE}, raw", f"{BLAZEPOSE}, smoothed", "ik, raw", "ik, smoothed",
    ]  # fmt: skip
    for name in (FROZEN, MEAN):
        assert rows[name][score.RELATIVE] == pytest.approx(1)
        assert rows[name][score.SLOPE] == pytest.approx(0) and rows[name][score.LAG] == 0
        assert rows[name][score.JITTER] == pytest.approx(0, abs=1e-6)
        assert score.GRAVITY not in rows[name]  # nobody estimated it
        assert rows[name][score.MPJPE] > 10 and rows[name][score.PVE] > 10
    assert rows["ik, raw"][score.MPJPE] < 0.01 and rows["ik, raw"][score.GRAVITY] < 0.01


def test_the_mean_pose_looks_where_the_truth_looks(take, body):
    """Turned by any camera, it stays as good."""
    true = Motion.of_take(take, body)
    turn = axis_angle_to_matrix(np.array([0.5, 1.0, -2.0]))
    turned = replace(true, joints=true.joints @ turn.T, camera_R=turn @ true.camera_R)
    picture = track_of(take).landmarks[:, :24, :2]  # nobody else is there
    first, second = (rows_of(take, Truth(each, picture), body)[MEAN] for each in (true, turned))
    for column in (score.MPJPE, score.LIMBS, score.PVE, score.ANGLES):
        assert second[column] == pytest.approx(first[column])


def test_blazepose_is_scored_as_it_is_and_as_addons_smooth_it(take, body):
    rows = rows_of(take, Truth.of_take(take, body), body)
    assert rows[f"{BLAZEPOSE}, raw"][score.MPJPE] < 0.01
    assert 0.01 < rows[f"{BLAZEPOSE}, smoothed"][score.MPJPE] < 10
    assert score.ANGLES not in rows[f"{BLAZEPOSE}, raw"]


def test_smoothing_has_a_row_of_its_own(take, body):
    strong = SmoothingSettings(min_cutoff=0.3, beta=0)
    rows = rows_of(take, Truth.of_take(take, body), body, strong)
    assert rows["ik, smoothed"][score.SLOPE] < 0.8 < 0.99 < rows["ik, raw"][score.SLOPE]
    assert rows[f"{TRUTH}, smoothed"][score.SLOPE] < 0.8  # which it costs the truth itself


def test_only_frames_that_both_know_are_compared(take, body):
    truth = Truth.of_take(take, body)
    late = replace(
        take,
        **{
            name: getattr(take, name)[30:]
            for name in ("poses", "trans", "joints", "timestamps", "confidence", "contacts",
                         "landmarks", "box")
        },
    )  # fmt: skip
    (found,) = scored.scored(Clip("walk", None, [truth]), estimates_of(late), KEEP, body)
    assert found.frames == 60 and found.covered == pytest.approx(2 / 3)
    assert tables.pooled_rows([found.samples])["ik, raw"][score.MPJPE] < 0.01


def test_each_person_gets_their_own_track(take, body):
    other = take.with_motion(take.poses, take.trans + [1.0, 0, 0])
    tracks = [track_of(other), track_of(take)]
    assert matching(Truth.of_take(take, body), tracks) == 1
    assert matching(Truth.of_take(other, body), tracks) == 0
    assert matching(Truth(Motion.of_take(take, body)), tracks) == 0
    later = Truth.of_take(replace(take, timestamps=take.timestamps + 100), body)
    with pytest.raises(OneTakeError, match="nobody was found"):
        matching(later, tracks)
    clip = Clip("walk", None, [later, Truth.of_take(take, body)])
    gone, there = scored.scored(clip, estimates_of(take), KEEP, body)
    assert gone.problem and there.samples
    (first, second) = tables.clip_table("T", [gone, there]).rows
    assert first.misses and second.values["ik, raw"] < 0.01


def test_a_camera_that_pans(take, body):
    yaw = np.zeros((90, 3))
    yaw[:, 1] = np.linspace(0, 0.4, 90)
    R = axis_angle_to_matrix(yaw) @ take.camera_R
    panned = replace(take, camera_R=R, camera_t=np.repeat(take.camera_t[None], 90, axis=0))
    rows = rows_of(take, Truth.of_take(panned, body), body)
    assert rows["ik, raw"][score.MPJPE] > 5  # turned in the camera
    assert rows["ik, raw"][score.PA] < 0.01 and rows["ik, raw"][score.RTE] < 0.01


# tables and bars


def test_bars_are_kept_or_missed_by_so_much(take, body):
    poses = take.poses.copy()
    poses[:, JOINT["left_shoulder"]] *= 0.8
    rows = rows_of(take.with_motion(poses, take.trans), Truth.of_take(take, body), body)
    bars = {row.name: row for row in tables.bar_rows(RENDERED, rows, ["ik"])}
    assert bars[f"rendered, ik, smoothed: {score.PA}"].result == "pass"
    slope = bars[f"rendered, ik, smoothed: {score.SLOPE}"]
    assert slope.result == f"**miss**: value by {0.92 - slope.values['value']:.2g}"
    assert any(name.startswith("rendered, ik, raw") for name in bars)
    unknown = tables.bar_rows(POSE2SIM, {}, ["ik"])
    assert unknown and all("not measured" in row.result for row in unknown)


def test_rows_without_a_number_are_not_shown(take, body):
    clip = Clip("walk", None, [Truth.of_take(take, body)], "walking")
    people = list(scored.scored(clip, estimates_of(take), KEEP, body))
    found = {table.title: table for table in tables.source_tables("T", people)}
    assert f"{BLAZEPOSE}, raw" in [row.name for row in found["T: pose"].rows]
    assert f"{BLAZEPOSE}, raw" not in [row.name for row in found["T: world"].rows]
    assert "| walk | walking | 90 | 100 |" in found[f"T: {score.PA}, clip by clip"].markdown()


# without truth


def fake_view(estimates, takes, body):
    return [Agreement(np.full(3, 0.8), np.full((3, 33), 5.0), np.full((3, 33), 1.0))] * len(takes)


def test_what_any_clip_tells(take, body, monkeypatch):
    monkeypatch.setattr(without_truth, "_through_blender", fake_view)
    sunk = take.with_motion(take.poses, take.trans - [0, 0.5, 0])
    sunk = replace(sunk, contacts=np.ones((90, 4)))
    one = without_truth.observed(Clip("a", None), estimates_of(take), KEEP, body)
    two = without_truth.observed(Clip("b", None), estimates_of(take, sunk), KEEP, body)
    rows = {row.name: row.values for row in without_truth.table([one, two]).rows}
    assert rows["a: ik, raw"][IOU] == pytest.approx(0.8)
    assert rows["b: ik, raw"]["people"] == 2 and rows["b: ik, raw"]["frames"] == 180
    assert rows["b: ik, raw"][without_truth.PX] == pytest.approx(5)
    assert rows["all clips: ik, raw"]["frames"] == 270
    assert without_truth.FLOOR not in rows["a: ik, raw"]  # no foot stands
    assert rows["b: ik, raw"][without_truth.FLOOR] > 50
    assert IOU not in rows[f"a: {BLAZEPOSE}, raw"]
    assert rows[f"a: {BLAZEPOSE}, raw"][without_truth.JITTER] > 0
    # Bars are for clips of one person.
    (bar,) = without_truth.bar_rows([one, two], ["ik"])
    assert bar.name == f"a, ik, smoothed: {IOU}" and bar.result == "pass"


def test_flips_count_by_the_minute(take, body, monkeypatch):
    monkeypatch.setattr(without_truth, "_through_blender", fake_view)
    track = track_of(take)
    left, right = ([LANDMARK[f"{side}_{name}"] for name in ("knee", "ankle")]
                   for side in ("left", "right"))  # fmt: skip
    landmarks = track.world_landmarks.copy()
    landmarks[45:, left + right] = landmarks[45:, right + left]
    track = replace(track, world_landmarks=landmarks)
    estimates = replace(estimates_of(take), tracks=[track])
    found = without_truth.observed(Clip("a", None), estimates, KEEP, body)
    raw = without_truth.figures(found.samples[f"{BLAZEPOSE}, raw"])
    assert raw[without_truth.FLIPS] == pytest.approx(60 / (89 / 30))
    assert without_truth.figures(found.samples["ik, raw"])[without_truth.FLIPS] == 0


def test_without_blender_the_rest_is_told(take, body, monkeypatch):
    def fails(*_):
        raise OneTakeError("blender_failed", "Blender is gone.")

    monkeypatch.setattr(without_truth, "_through_blender", fails)
    found = without_truth.observed(Clip("a", None), estimates_of(take), KEEP, body)
    rows = without_truth.table([found]).rows
    assert any(row.problem == "Blender is gone." for row in rows)
    assert without_truth.JITTER in rows[0].values
    (bar,) = without_truth.bar_rows([found], ["ik"])
    assert "not measured" in bar.result


# the command


@pytest.fixture
def clips(take, body, tmp_path, monkeypatch):
    """Two sources of one clip each, without a video; the second one fails."""
    walk = Clip("walk", tmp_path / "walk.mp4", [Truth.of_take(take, body)], "walking")

    def missing():
        raise OneTakeError("no_clips", "There are no clips.")

    known = {RENDERED: ("Rendered", lambda: [walk]), POSE2SIM: ("Real", missing)}
    monkeypatch.setattr(run, "sources", lambda *_: known)
    monkeypatch.setattr(run, "load_body", lambda: body)
    monkeypatch.setattr(run, "estimate", lambda *_: estimates_of(take))
    monkeypatch.setattr(run, "trim_cache", lambda: None)


def arguments(tmp_path, *more):
    parser = cli._parser()
    return parser.parse_args(
        ["benchmark", "--estimators", "ik", "--output", str(tmp_path / "out"), *more]
    )


def test_the_command_writes_tables_and_numbers(clips, tmp_path, capsys):
    chosen = arguments(tmp_path)
    assert chosen.run(chosen) == 1  # a source is missing
    out = capsys.readouterr().out
    assert "### Rendered: pose" in out and "There are no clips." in out and "### Bars" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "benchmark.json", "benchmark.md"
    ]  # fmt: skip
    text = (tmp_path / "out" / "benchmark.md").read_text(encoding="utf-8")
    assert "### Rendered: pose" in text and "bars are kept." in text
    content = json.loads((tmp_path / "out" / "benchmark.json").read_text(encoding="utf-8"))
    (walk,) = content["clips"][RENDERED]
    assert walk["rows"]["ik, raw"][score.MPJPE] < 0.01 and walk["frames"] == 90
    assert walk["rows"][FROZEN][score.RELATIVE] == pytest.approx(1)
    assert any(table["title"] == "Bars" for table in content["tables"])


def test_a_source_can_be_chosen(clips, tmp_path, capsys):
    chosen = arguments(tmp_path, "--only", RENDERED)
    assert chosen.run(chosen) == 0
    assert "There are no clips." not in capsys.readouterr().out


def test_a_clip_that_fails_loses_no_other(clips, take, tmp_path, monkeypatch, capsys):
    def broken(video, *_):
        raise OneTakeError("no_person", "Nobody was found.")

    monkeypatch.setattr(run, "estimate", broken)
    chosen = arguments(tmp_path, "--only", RENDERED)
    assert chosen.run(chosen) == 1
    assert "Nobody was found." in capsys.readouterr().out
    assert (tmp_path / "out" / "benchmark.json").exists()


def test_an_estimator_that_fails_loses_no_other(take, body, monkeypatch):
    def convert(video, options, progress):
        assert options.quality == "best"
        if options.estimator == "onetake":
            raise OneTakeError("no_weights", "There are no weights.")
        return SimpleNamespace(info=None, tracks=[track_of(take)], takes=[take])

    monkeypatch.setattr(estimates_, "convert_video", convert)
    found = estimates_.estimate(None, ("ik", "onetake"), "best", None)
    assert list(found.takes) == ["ik"] and found.problem == "There are no weights."
    clip = Clip("walk", None, [Truth.of_take(take, body)])
    (person,) = scored.scored(clip, found, KEEP, body)
    assert "ik, raw" in person.samples
    (row,) = tables.clip_table("T", [person]).rows
    assert row.values["ik, raw"] < 0.01 and row.misses == ["There are no weights."]
    with pytest.raises(OneTakeError, match="no weights"):
        estimates_.estimate(None, ("onetake",), "best", None)


def test_unknown_estimators_and_sources_are_named():
    assert command.SOURCES[:3] == (RENDERED, POSE2SIM, CLIPS)
    with pytest.raises(OneTakeError, match="no estimator 'magic'"):
        cli._parser().parse_args(["benchmark", "--estimators", "ik,magic"])


def test_a_folder_without_clips(tmp_path):
    with pytest.raises(OneTakeError, match=r"no \.mp4 clips in .*--clips"):
        videos(tmp_path)


def test_each_dataset_is_read_from_its_own_folder(tmp_path, body):
    folders = Folders(tmp_path / "clips", tmp_path / "one", tmp_path / "other")
    found = sources(folders, body, lambda *_: None)
    assert tuple(found) == command.SOURCES
    for name, folder in (("clips", "clips"), ("3DPW", "one"), ("MPI-INF-3DHP", "other")):
        with pytest.raises(OneTakeError, match=str(tmp_path / folder)):
            found[name][1]()
    assert set(sources(Folders(tmp_path), body, None)) == {RENDERED, POSE2SIM, CLIPS}


# plots


def test_plots_without_matplotlib_end_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(plots.importlib.util, "find_spec", lambda name: None)
    chosen = arguments(tmp_path, "--plots")
    with pytest.raises(OneTakeError, match="pip install matplotlib"):
        chosen.run(chosen)
    assert not (tmp_path / "out").exists()


def test_what_is_plotted(take, body):
    errors = np.zeros((30, len(LIMB_JOINTS)))
    errors[:, 3] = 12.0
    errors[10:, 5] = np.nan
    person = scored.Scored("a", samples={"ik, raw": {score.PA: errors}})
    assert plots.by_joint([person])["ik, raw"][3] == 12
    course = plots.over_time(errors)
    assert course[0] == pytest.approx(1) and course[25] == pytest.approx(12 / 11)


# the filter's numbers


def test_the_sweep_finds_pairs_and_keeps_to_its_rule(take, body, tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    noisy = take.with_motion(take.poses + rng.normal(0, 0.03, take.poses.shape), take.trans)
    raw, true = tmp_path / "raw", tmp_path / "true"
    for folder in (raw, true):
        folder.mkdir()
    noisy.save(raw / "walk.take.npz")
    take.save(raw / "alone.take.npz")
    take.save(true / "walk.truth.take.npz")
    (pair,) = sweep.read_pairs([raw, true], body)
    points = sweep.sweep([pair], min_cutoffs=(0.2, 3.0), betas=(0.3,))
    calm, quick = points[1:]
    assert points[0].name == "raw" and calm.settings.min_cutoff == 0.2
    assert points[0].values[score.JITTER] > quick.values[score.JITTER] > calm.values[score.JITTER]
    assert calm.values[score.SLOPE] < 0.95 * points[0].values[score.SLOPE]
    assert sweep.best(points) is quick
    assert f"**{quick.name}**" in sweep.table(points).markdown()
    with pytest.raises(OneTakeError, match=r"no NAME\.take\.npz"):
        sweep.read_pairs([raw], body)


def test_the_rule_by_hand():
    def point(cutoff, accel, pa, slope):
        settings = cutoff and SmoothingSettings(min_cutoff=cutoff)
        return sweep.Point(settings, {score.RELATIVE: accel, score.PA: pa, score.SLOPE: slope})

    raw = point(None, 2.0, 50.0, 0.9)
    good, far, flat = point(3, 0.8, 50.4, 0.9), point(2, 0.5, 50.6, 0.9), point(1, 0.4, 50.0, 0.85)
    assert sweep.best([raw, good, far, flat]) is good
    assert sweep.best([raw, flat]) is None
    assert "no setting" in sweep.table([raw, flat]).note
