"""Where the body and the networks are kept on each platform."""

from pathlib import Path

import pytest

from backend import home as module


@pytest.fixture
def clean(monkeypatch):
    for name in ("ONETAKE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USERPROFILE", "/home/ada")
    return monkeypatch


@pytest.mark.parametrize(
    ("platform", "variable", "folder"),
    [
        ("linux", None, "/home/ada/.local/share/onetake"),
        ("linux", "XDG_DATA_HOME", "/elsewhere/onetake"),
        ("darwin", None, "/home/ada/Library/Application Support/OneTake"),
        ("win32", None, "/home/ada/AppData/Local/OneTake"),
        ("win32", "LOCALAPPDATA", "/elsewhere/OneTake"),
    ],
)
def test_each_platform_has_its_folder(clean, platform, variable, folder):
    clean.setattr(module.sys, "platform", platform)
    if variable:
        clean.setenv(variable, "/elsewhere")
    assert module.home() == Path(folder)


def test_the_user_decides(clean):
    clean.setenv("ONETAKE_HOME", "~/big disk")
    assert module.home() == Path("/home/ada/big disk")
