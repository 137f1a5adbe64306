"""Videos of every awkward kind, made on the spot, are read as they are meant to be seen."""

import gc
import importlib
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.video import VideoWriter, frames, probe, write_proxy
from tests.backend.pictures import (
    HEIGHT,
    QUADRANTS,
    WIDTH,
    counted,
    encode,
    picture,
    quadrants,
    sound,
)


def read(path: Path, *span: float, unit: str = "seconds") -> list:
    with frames(probe(path), *span, unit=unit) as reader:
        return list(reader)


def refused(path: Path) -> OneTakeError:
    with pytest.raises(OneTakeError) as caught:
        read(path)
    assert caught.value.message.count(". ") == 0, "one sentence"
    assert "Error" not in caught.value.message
    return caught.value


def test_constant_rate(tmp_path):
    with VideoWriter(tmp_path / "v.mp4", 30000 / 1001) as writer:
        for k in range(30):
            writer.write(picture(k))
    info = probe(tmp_path / "v.mp4")
    assert (info.width, info.height, info.rotation) == (WIDTH, HEIGHT, 0)
    assert info.fps == pytest.approx(30000 / 1001, rel=1e-6)
    assert not info.variable_rate and info.plain
    assert info.frame_count == 30
    assert info.duration == pytest.approx(30 * 1001 / 30000, abs=1e-3)
    found = read(tmp_path / "v.mp4")
    assert [f.index for f in found] == list(range(30))
    assert [counted(f.rgb) for f in found] == list(range(30))
    np.testing.assert_allclose(
        [f.timestamp for f in found], np.arange(30) * 1001 / 30000, atol=1e-5
    )


def test_variable_rate_keeps_every_true_time(tmp_path):
    times = [0, 33, 66, 200, 233, 500, 520, 540, 1000]
    path = encode(tmp_path / "v.mp4", [picture(k) for k in range(9)], times)
    info = probe(path)
    assert info.variable_rate and not info.plain
    found = read(path)
    assert [counted(f.rgb) for f in found] == list(range(9))
    np.testing.assert_allclose([f.timestamp for f in found], np.array(times) / 1000, atol=1e-6)


def test_a_camera_clock_that_rounds_is_a_constant_rate(tmp_path):
    times = [round(k * 1000 / 29.97) for k in range(40)]
    info = probe(encode(tmp_path / "v.mkv", [picture(k) for k in range(40)], times))
    assert not info.variable_rate
    assert info.fps == pytest.approx(29.97, rel=2e-3)


# (clockwise degrees, mirrored) and the display matrix (ISO 14496-12) of a file that asks for it.
MATRICES = {
    (90, False): [0, 1, 0, -1, 0, 0, 0, 0, 1],
    (180, False): [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    (270, False): [0, -1, 0, 1, 0, 0, 0, 0, 1],
    (0, True): [-1, 0, 0, 0, 1, 0, 0, 0, 1],
    (90, True): [0, -1, 0, -1, 0, 0, 0, 0, 1],
}


@pytest.mark.parametrize("turn", MATRICES)
def test_rotation_flag(tmp_path, turn):
    degrees, mirrored = turn
    upright = picture()
    stored = np.rot90(upright, degrees // 90)  # counter-clockwise, so clockwise undoes it
    stored = stored[:, ::-1] if mirrored else stored
    path = encode(tmp_path / "v.mp4", [np.ascontiguousarray(stored)] * 3, matrix=MATRICES[turn])
    info = probe(path)
    assert (info.rotation, info.mirrored) == turn
    assert (info.width, info.height) == (WIDTH, HEIGHT)
    rgb = read(path)[0].rgb
    assert rgb.shape == upright.shape and rgb.flags.c_contiguous
    np.testing.assert_allclose(quadrants(rgb), QUADRANTS, atol=12)


def test_odd_size_read(tmp_path):
    path = encode(tmp_path / "v.mkv", [picture(0, 75, 53)] * 2, codec="ffv1", pixels="yuv444p")
    assert read(path)[0].rgb.shape == (53, 75, 3)


def test_odd_size_written_is_padded_with_the_edge(tmp_path):
    with VideoWriter(tmp_path / "v.mp4", 25) as writer:
        writer.write(picture(0, 75, 53))
    (frame,) = read(tmp_path / "v.mp4")
    assert frame.rgb.shape == (54, 76, 3)
    np.testing.assert_allclose(quadrants(frame.rgb), QUADRANTS, atol=12)


@pytest.mark.parametrize(
    ("codec", "pixels", "suffix"),
    [
        ("libx265", "yuv420p10le", ".mp4"),
        ("libx264", "yuv420p10le", ".mp4"),
        ("libvpx-vp9", "yuv420p", ".webm"),
        ("prores_ks", "yuv422p10le", ".mov"),
        ("mjpeg", "yuvj420p", ".avi"),
    ],
)
def test_codecs_and_bit_depths(tmp_path, codec, pixels, suffix):
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    path = encode(
        tmp_path / f"v{suffix}",
        [picture(k) for k in range(6)],
        codec=codec,
        pixels=pixels,
        **quiet,
    )
    found = read(path)
    assert [counted(f.rgb) for f in found] == list(range(6))
    np.testing.assert_allclose(quadrants(found[0].rgb), QUADRANTS, atol=16)
    np.testing.assert_allclose([f.timestamp for f in found], np.arange(6) * 0.04, atol=1e-3)


def test_written_colours_come_back(tmp_path):
    with VideoWriter(tmp_path / "v.mp4", 25, quality=5) as writer:
        writer.write(picture())
    np.testing.assert_allclose(quadrants(read(tmp_path / "v.mp4")[0].rgb), QUADRANTS, atol=4)


def test_late_start(tmp_path):
    times = [2000 + 40 * k for k in range(5)]
    path = encode(tmp_path / "v.mkv", [picture(k) for k in range(5)], times)
    info = probe(path)
    assert info.start_time == pytest.approx(2.0) and not info.plain
    np.testing.assert_allclose([f.timestamp for f in read(path)], np.arange(5) * 0.04, atol=1e-6)


def test_missing_times_are_counted(tmp_path):
    path = encode(tmp_path / "v.h264", [picture(k) for k in range(10)], container="h264")
    found = read(path)
    assert [counted(f.rgb) for f in found] == list(range(10))
    assert np.all(np.diff([f.timestamp for f in found]) > 0)
    assert probe(path).frame_count == 10


def test_non_square_pixels(tmp_path):
    path = encode(tmp_path / "v.mp4", [picture()], aspect=Fraction(4, 3))
    info = probe(path)
    assert (info.width, info.height) == (128, 64) and not info.plain
    assert read(path)[0].rgb.shape == (64, 128, 3)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory) -> Path:
    """50 frames with key frames every 8 and B-frames between."""
    path = tmp_path_factory.mktemp("video") / "long.mp4"
    return encode(path, [picture(k) for k in range(50)], g="8", bf="2")


@pytest.mark.parametrize(
    ("start", "end", "unit"),
    [(0.5, 1.0, "seconds"), (13, 14, "frames"), (47, None, "frames"), (None, 3, "frames")],
)
def test_a_range_is_a_slice_of_all_frames(long_clip, start, end, unit):
    def chosen(frame):
        place = frame.index if unit == "frames" else frame.timestamp
        return (start is None or place >= start) and (end is None or place < end)

    expected = [(f.index, f.timestamp, counted(f.rgb)) for f in read(long_clip) if chosen(f)]
    reader = frames(probe(long_clip), start, end, unit=unit)
    assert abs(reader.expected - len(expected)) <= 1
    assert [(f.index, f.timestamp, counted(f.rgb)) for f in reader] == expected


def test_a_range_with_nothing_in_it(long_clip):
    with pytest.raises(OneTakeError) as caught:
        read(long_clip, 100.0)
    assert caught.value.code == "nothing_decodable"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_truncated_file_gives_what_is_left_and_says_so(tmp_path, suffix):
    noise = np.random.default_rng(1).integers(0, 255, (40, HEIGHT, WIDTH, 3), np.uint8)
    whole = encode(tmp_path / f"whole{suffix}", list(noise), g="5")
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: len(data) * 6 // 10])
    with frames(probe(cut)) as reader:
        found = list(reader)
    assert 10 < len(found) < 35
    if suffix == ".mp4":  # the others' headers do not tell how many there should be
        assert reader.problem and f"{len(found)} of about 40 frames" in reader.problem
    with frames(probe(whole)) as reader:
        assert len(list(reader)) == 40 and reader.problem is None


def test_damage_in_the_middle_is_passed_over(tmp_path, long_clip):
    data = bytearray(long_clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    found = read(broken)
    assert len(found) > 30
    assert np.all(np.diff([f.timestamp for f in found]) > 0)


def test_refusals(tmp_path, long_clip):
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    text = tmp_path / "text.mp4"
    text.write_text("not a video, " * 100)
    drawn = tmp_path / "text.txt"
    drawn.write_text("not a video, " * 100)
    headless = tmp_path / "headless.mp4"
    encode(headless, [picture()] * 5)
    headless.write_bytes(headless.read_bytes()[:300])
    assert refused(tmp_path / "none.mp4").code == "no_such_file"
    assert refused(tmp_path).code == "is_a_folder"
    assert refused(empty).code == "empty_file"
    assert refused(text).code == "not_a_video"
    assert refused(drawn).code in ("not_a_video", "no_video_stream")
    assert refused(headless).code in ("not_a_video", "nothing_decodable", "no_video_stream")


def test_audio_only(tmp_path):
    path = tmp_path / "sound.m4a"
    assert refused(sound(path)).code == "no_video_stream"


def test_no_frames_at_all(tmp_path):
    path = tmp_path / "zero.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        out.start_encoding()
    assert refused(path).code in ("nothing_decodable", "not_a_video", "no_video_stream")


def test_one_frame(tmp_path):
    path = encode(tmp_path / "one.mp4", [picture(7)])
    info = probe(path)
    assert info.frame_count == 1 and info.fps > 0 and not info.variable_rate
    (frame,) = read(path)
    assert (frame.index, frame.timestamp, counted(frame.rgb)) == (0, 0.0, 7)


@pytest.mark.parametrize("name", ["a b 'c' \"d\".mp4", "🤸 ünï.mp4", "a:b%03d?.mp4", "-v.mp4"])
def test_awkward_names(tmp_path, name):
    path = tmp_path / name
    with VideoWriter(path, 25) as writer:
        writer.write(picture())
    assert len(read(path)) == 1
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "key",
    [
        "com.apple.quicktime.camera.focal_length.35mm_equivalent",
        "com.android.camera.FocalLengthIn35mmFilm",
    ],
)
def test_focal_length_from_metadata(tmp_path, key):
    path = encode(tmp_path / "v.mp4", [picture()], metadata={key: "26"})
    assert probe(path).focal_px == pytest.approx(26 * np.hypot(WIDTH, HEIGHT) / 43.27, rel=1e-6)
    assert probe(encode(tmp_path / "w.mp4", [picture()])).focal_px is None


def test_an_abandoned_reader_ends_its_thread(long_clip, monkeypatch):
    module, decoded = importlib.import_module("backend.video.reader"), []
    upright = module._upright
    monkeypatch.setattr(module, "_upright", lambda *a: decoded.append(0) or upright(*a))
    before = threading.active_count()
    for _ in frames(probe(long_clip)):
        break
    gc.collect()
    assert threading.active_count() == before
    assert len(decoded) <= module.QUEUED_FRAMES + 3, "it went on decoding for nobody"
    reader = frames(probe(long_clip))
    assert threading.active_count() == before + 1
    del reader
    gc.collect()
    assert threading.active_count() == before
    with frames(probe(long_clip)) as reader:
        next(reader)
    assert threading.active_count() == before
    assert next(reader, None) is None


def test_proxy_is_upright_and_constant(tmp_path):
    times = [2000, 2033, 2066, 2300, 2333, 2366, 2600]
    stored = [np.ascontiguousarray(np.rot90(picture(5 * k))) for k in range(7)]
    path = encode(tmp_path / "v.mp4", stored, times, matrix=MATRICES[90, False])
    write_proxy(probe(path), tmp_path / "proxy.mp4", 30)
    proxy = probe(tmp_path / "proxy.mp4")
    assert proxy.plain and (proxy.width, proxy.height) == (WIDTH, HEIGHT)
    shown = [round(counted(f.rgb) / 5) for f in read(tmp_path / "proxy.mp4")]
    true = np.array(times) / 1000 - 2
    nearest = [int(np.argmin(np.abs(true - k / 30))) for k in range(len(shown))]
    assert len(shown) == 19 and shown == nearest


def test_a_failed_write_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"earlier")
    with pytest.raises(RuntimeError), VideoWriter(path, 25) as writer:
        writer.write(picture())
        raise RuntimeError
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_finish_leaves_the_earlier_file(tmp_path, monkeypatch):
    path = tmp_path / "v.mp4"
    path.write_bytes(b"earlier")
    writer = VideoWriter(path, 25)
    writer.write(picture())

    def full(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError):
        writer.close()
    with pytest.raises(ValueError, match="no frame"), VideoWriter(path, 25):
        pass
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]
