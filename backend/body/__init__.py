"""Our body: made once from MakeHuman's CC0 mesh, kept as one npz, run in torch and numpy."""

from contextlib import suppress
from pathlib import Path

from ..disk import writing_to_home
from ..home import home
from ..motion.body import Body

# Raised when a remade body would give other vertices for the same betas.
BODY_VERSION = 1


def body_path() -> Path:
    """Where this version's body is kept."""
    return home() / "models" / f"body-{BODY_VERSION}.npz"


def ensure_body() -> Path:
    """The body's file, made now (a quarter of a minute) when it is not there."""
    path = body_path()
    if not path.exists():
        from .make import make_body  # scipy and MakeHuman's data are needed only here

        with writing_to_home():
            make_body(path)
    return path


def load_body(path: str | Path | None = None) -> Body:
    """The body at path, or ours: made again where its file is damaged."""
    if path:
        return Body.load(path)
    ensure_body()
    with suppress(Exception):  # damage makes numpy and zipfile raise whatever they like
        return Body.load(body_path())
    body_path().unlink()
    return Body.load(ensure_body())
