"""The preview shows the body where the camera says it is, and writes a whole file or none."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from backend.body import load_body
from backend.motion.kinematics import forward_kinematics
from backend.motion.take import Take
from backend.preview import render_mask, write_preview
from backend.preview.mesh import decimate
from backend.preview.raster import render_shade
from backend.preview.side_view import SideView
from backend.video import VideoWriter, frames, probe

K = np.array([[100.0, 0, 80], [0, 100, 60], [0, 0, 1]])
SIZE = (120, 160)  # height, width
SQUARE = np.array([[-0.5, -0.5, 2], [0.5, -0.5, 2], [0.5, 0.5, 2], [-0.5, 0.5, 2]])
# Counter-clockwise for the camera, whose y points down.
FACING = np.array([[3, 2, 1, 0]])
GREY = 90


@pytest.fixture(scope="module")
def body():
    return load_body()


def take_of(body, times, **changes):
    """Someone who stands 4 m from a camera 1 m high, seen at `times`."""
    count = len(times)
    rest = body.rest_joints(np.zeros(10))
    poses = np.zeros((count, 24, 3), np.float32)
    poses[:, 16, 2], poses[:, 17, 2] = -1.2, 1.2  # arms down
    trans = np.tile(rest[0] - [0, rest[:, 1].min() - 0.07, 0], (count, 1)).astype(np.float32)
    values = dict(
        poses=poses, trans=trans, rest=rest, betas=np.zeros(10, np.float32), body=body.name,
        joints=forward_kinematics(poses, rest, trans)[0], timestamps=np.asarray(times, float),
        confidence=np.ones((count, 24)), contacts=np.zeros((count, 4)),
        landmarks=np.zeros((count, 33, 3)), box=np.zeros((count, 4)),
        camera_R=np.diag([1.0, -1.0, -1.0]), camera_t=np.array([0, 1.0, 4.0]),
        camera_K=np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]]), focal_source="user",
        image_size=np.array([320, 240]), fps=25.0, person_id=1, estimator="ik", version="1",
        video_name="grey.mp4",
    )  # fmt: skip
    return Take(**{**values, **changes})


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Twelve grey frames, 320 x 240, of uneven length."""
    path = tmp_path_factory.mktemp("video") / "grey.mp4"
    times = np.cumsum([0.0, 0.04, 0.04, 0.04, 0.08, 0.04, 0.04, 0.12, 0.04, 0.04, 0.04, 0.04])
    with VideoWriter(path, 25) as writer:
        for time in times:
            writer.write(np.full((240, 320, 3), GREY, np.uint8), time)
    return probe(path), times


def read(path):
    with frames(probe(path)) as reader:
        return [(frame.timestamp, frame.rgb) for frame in reader]


def changed(rgb):
    """Pixels of the video's part that are no longer grey."""
    return np.abs(rgb[:240, :320].astype(int) - GREY).max(axis=-1) > 25


def test_a_square_covers_its_pixels():
    mask = render_mask(SQUARE, FACING, K, SIZE)
    assert mask.shape == SIZE and mask.dtype == bool
    rows, columns = np.nonzero(mask)
    # 50 pixels a side about (80, 60), and no more than a pixel of edge.
    assert columns.min() in (54, 55) and columns.max() in (104, 105)
    assert rows.min() in (34, 35) and rows.max() in (84, 85)
    assert 2500 <= mask.sum() <= 51 * 51
    assert (render_mask(SQUARE, FACING[:, ::-1], K, SIZE) == mask).all()
    assert (render_mask(SQUARE, np.array([[0, 1, 2], [0, 2, 3]]), K, SIZE) == mask).all()


def test_what_is_behind_the_camera_is_not_there():
    assert not render_mask(SQUARE * [1, 1, -1], FACING, K, SIZE).any()
    half = SQUARE * [1, 1, 1]
    half[:2, 2] = -1
    assert not render_mask(half, FACING, K, SIZE).any()
    shade, part = render_shade(half, FACING, K, SIZE)
    assert not shade.any() and shade[part].size == 0


def test_something_huge_does_not_overflow():
    assert render_mask(SQUARE * [1e8, 1e8, 1], FACING, K, SIZE).all()


def test_the_near_hides_the_far_and_backs_are_not_drawn():
    far = SQUARE * [1.5, 1.5, 1.5]
    # The far one is tilted towards the light, so that the two differ.
    far[:2, 2] += 1
    points, faces = np.concatenate([SQUARE, far]), np.concatenate([FACING, FACING + 4])
    both, part = render_shade(points, faces, K, SIZE)
    turned, _ = render_shade(points, faces[::-1], K, SIZE)
    alone, _ = render_shade(SQUARE, FACING, K, SIZE)
    assert (both == turned).all()
    assert both[60, 80] == alone[60, 80] > 0
    assert both.sum() == both[part].sum()
    back, _ = render_shade(SQUARE, FACING[:, ::-1], K, SIZE)
    assert not back.any()


def test_light_comes_from_above():
    up, down = SQUARE.copy(), SQUARE.copy()
    up[:2, 2] += 1  # leans back: faces up
    down[2:, 2] += 1
    lit, dark = (render_shade(points, FACING, K, SIZE)[0][60, 80] for points in (up, down))
    assert lit > dark > 0


def test_the_light_body_moves_as_the_full_one(body):
    light = decimate(body)
    assert len(light.quads) < 0.6 * len(body.quads)
    betas = np.linspace(-1, 1, 10)
    assert light.rest_joints(betas) == pytest.approx(body.rest_joints(betas), abs=1e-6)
    poses = np.random.default_rng(0).normal(0, 0.3, (1, 24, 3))
    trans = np.array([[0.1, 0.2, 4.0]])
    camera = [1, -1, 1]
    picture = np.array([[500.0, 0, 250], [0, 500, 250], [0, 0, 1]])
    full, small = (
        render_mask(some.skin(poses, betas, trans)[0] * camera, some.quads, picture, (500, 500))
        for some in (body, light)
    )
    assert (full & small).sum() > 0.97 * (full | small).sum()


def test_the_person_is_drawn_where_the_camera_sees_them(body, video, tmp_path):
    info, times = video
    take = take_of(body, times[2:9])
    seen = []
    path = tmp_path / "grey.preview.mp4"
    done = write_preview([take], body, info, path, progress=lambda n, of: seen.append((n, of)))
    assert done and seen == [(n, 12) for n in range(1, 13)]
    written = read(path)
    assert [time for time, _ in written] == pytest.approx(times, abs=2e-3)
    assert written[0][1].shape[0] == 240 and written[0][1].shape[1] > 320
    for index, (_, rgb) in enumerate(written):
        assert changed(rgb).any() == (2 <= index < 9)
    vertices = body.skin(take.poses[:1], take.betas, take.trans[:1])[0]
    at = vertices @ take.camera_R.T + take.camera_t
    expected = render_mask(at, body.quads, take.camera_K, (240, 320))
    drawn = changed(written[4][1])
    assert (drawn & expected).sum() > 0.85 * (drawn | expected).sum()


def test_filled_in_is_fainter(body, video, tmp_path):
    info, times = video
    sure = take_of(body, times)
    guessed = replace(sure, confidence=np.zeros((len(times), 24)))
    strengths = []
    for name, take in (("sure", sure), ("guessed", guessed)):
        path = tmp_path / f"{name}.mp4"
        write_preview([take], body, info, path)
        strengths.append(np.abs(read(path)[5][1][:240, :320].astype(int) - GREY).sum())
    assert strengths[1] < 0.8 * strengths[0]


def test_everyone_is_drawn_the_nearest_last(body, video, tmp_path):
    info, times = video
    near = take_of(body, times)
    far = take_of(body, times, person_id=2)
    far = far.with_motion(far.poses, far.trans - np.array([0, 0, 2], np.float32))
    alone, one, other = (tmp_path / name for name in ("alone.mp4", "one.mp4", "other.mp4"))
    write_preview([near], body, info, alone)
    write_preview([near, far], body, info, one)
    write_preview([far, near], body, info, other)
    a, b, c = (read(path)[3][1].astype(int) for path in (alone, one, other))
    assert np.abs(b - c).mean() < 1
    points = near.trans[0] @ near.camera_R.T + near.camera_t
    x, y = np.round(near.camera_K[:2] @ (points / points[2])).astype(int)
    red, _, blue = b[y - 15 : y - 5, x - 15 : x + 15].mean(axis=(0, 1))
    assert blue > red + 20  # the first person's tint before the second's
    assert (np.abs(a - b)[:, 320:].max(axis=-1) > 50).mean() > 0.02  # someone else at the side


def test_a_big_odd_video_is_made_smaller_and_even(body, tmp_path):
    path = tmp_path / "big.mp4"
    with VideoWriter(path, 25) as writer:
        for _ in range(2):
            writer.write(np.full((1442, 1086, 3), GREY, np.uint8))
    out = tmp_path / "small.mp4"
    write_preview([], body, probe(path), out)
    assert read(out)[0][1].shape == (956, 720, 3)


def test_a_moving_camera_is_followed(body, video, tmp_path):
    info, times = video
    shifts = np.linspace(-0.8, 0.8, len(times))
    still = take_of(body, times)
    moving = replace(
        still,
        camera_R=np.tile(still.camera_R, (len(times), 1, 1)),
        camera_t=still.camera_t + shifts[:, None] * [1, 0, 0],
    )
    path = tmp_path / "moving.mp4"
    write_preview([moving], body, info, path)
    columns = [np.nonzero(changed(rgb))[1].mean() for _, rgb in read(path)]
    assert columns == pytest.approx(160 + 300 * shifts / 4, abs=6)


def test_part_of_the_video(body, video, tmp_path):
    info, times = video
    path = tmp_path / "part.mp4"
    write_preview([take_of(body, times)], body, info, path, start=0.1, end=0.3)
    inside = times[(times >= 0.1) & (times < 0.3)]
    assert [time for time, _ in read(path)] == pytest.approx(inside - inside[0], abs=2e-3)


def test_stopping_or_failing_leaves_nothing(body, tmp_path):
    # Long enough that the encoder has already put frames into the file.
    source, folder = tmp_path / "long.mp4", tmp_path / "out"
    folder.mkdir()
    with VideoWriter(source, 25) as writer:
        for shade in range(120):
            writer.write(np.full((64, 64, 3), shade, np.uint8))
    info, reached = probe(source), []

    def late(done=100, total=0):
        reached.append(len(list(folder.iterdir())))
        return done >= 100

    asked = iter(range(120))
    assert not write_preview(
        [], body, info, folder / "a.mp4", should_stop=lambda: late(next(asked))
    )
    assert reached[-1] == 1  # something was there to remove
    assert list(folder.iterdir()) == []

    def fail(done, total):
        if late(done):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_preview([], body, info, folder / "b.mp4", progress=fail)
    assert reached[-1] == 1
    assert list(folder.iterdir()) == []


def test_the_side_view_shows_depth_and_keeps_everyone_inside(body, video):
    _, times = video
    towards = np.linspace(0, 6, len(times))[:, None].astype(np.float32) * [0, 0, 1]
    walker, stander = take_of(body, times), take_of(body, times, person_id=2)
    walker = walker.with_motion(walker.poses, walker.trans + towards)
    view = SideView([walker, stander], (240, 200))
    assert np.linalg.det(view.R) == pytest.approx(1)
    across = walker.trans @ view.R.T
    # What was depth is now across; up is up.
    assert np.ptp(across[:, 0]) > 0.9 * 6
    assert view.R[1] @ [0, 1, 0] < -0.9
    image = view.draw(times[0], [])
    assert (image != image[0, 0]).any()  # a floor
    for k in (0, len(times) - 1):
        for take in (walker, stander):
            points = view.at(times[k], take.joints[k])
            assert (points > 0).all() and (points < [200, 240]).all()


def test_cv2_draws_in_the_picture_itself():
    """copyTo into a part of a picture must write there, and not into a copy."""
    picture = np.zeros((10, 10, 3), np.uint8)
    cv2.copyTo(np.full((4, 4, 3), 7, np.uint8), np.ones((4, 4), np.uint8), picture[2:6, 3:7])
    assert picture.sum() == 7 * 48
