"""Words: all of them have German, all have a place where they are shown, and tooltips are there."""

import errno
import os
import string

import bpy
import pytest
from onetake.addon import translations
from onetake.addon.smoothing.presets import read_preset
from onetake.addon.translations import german, sentence
from onetake.backend.body.smpl_file import load_smpl
from onetake.backend.bootstrap import environments
from onetake.backend.disk import writing_to_home
from onetake.backend.errors import OneTakeError
from onetake.backend.people_choice import require_people

import onetake
from tests.blender import ui_strings


@pytest.fixture(scope="module")
def addon():
    onetake.register()
    yield
    onetake.unregister()


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def shown() -> set[tuple[str, str]]:
    plain = {("*", text) for text in ui_strings.sentences()}
    return ui_strings.registered() | ui_strings.written() | plain


def test_every_word_is_translated_and_none_for_nothing(addon):
    known = set(german.dictionary(translations.CONTEXT))
    assert sorted(shown() - known) == [], "these lack German"
    assert sorted(known - shown()) == [], "these are shown nowhere any more"
    assert ui_strings.untranslatable() == [], "these need iface_ and format"


def test_translations_fill_in_what_the_english_does():
    for (_, text), translated in german.dictionary(translations.CONTEXT).items():
        assert places(text) == places(translated), text
        assert text.endswith(".") == translated.endswith("."), text


def test_everything_has_a_tooltip(addon):
    for cls in ui_strings.classes():
        where = cls.__name__
        if issubclass(cls, bpy.types.Operator):
            text = ui_strings.operator(cls).get_rna_type().description
        elif issubclass(cls, bpy.types.Panel):
            text = cls.bl_description
        else:
            text = cls.__doc__
        assert text, f"{where} has no tooltip"
        for each in ui_strings.properties(cls):
            assert each.name and each.description, f"{where}.{each.identifier} has no tooltip"
            for item in getattr(each, "enum_items", ()):
                assert item.description, f"{where}.{each.identifier}: {item.identifier}"


def test_the_walk_misses_nothing(addon):
    names = {cls.__name__ for cls in ui_strings.classes()}
    assert {name for name in dir(bpy.types) if "ONETAKE" in name.upper()} <= names
    assert {"OneTakeMotion", "OneTakeShape", "OneTakePreferences"} <= names
    assert {"min_cutoff", "strength_arms"} <= {
        each.identifier
        for cls in ui_strings.classes()
        for each in ui_strings.properties(cls)
    }  # fmt: skip


def test_a_sentence_with_names_in_it_is_translated(monkeypatch):
    """Blender as a module has no languages: what it would answer is the dictionary's."""
    monkeypatch.setattr(translations, "pgettext_rpt", lambda text: german.SENTENCES[text])
    assert sentence("There is no video at /a/b: c.mp4: choose another.") == (
        "Bei /a/b: c.mp4 ist kein Video: ein anderes wählen."
    )
    ended = "The backend was ended by signal 9 before it was done: start again to go on from there"
    ended += "; a full memory is the likeliest cause, the log may tell more."
    assert sentence(ended).startswith("Das Backend wurde durch Signal 9 beendet, ehe")
    missing = "OneTake is not set up yet (networks, body): press Set Up."
    assert "(Netze, Körper)" in sentence(missing)
    assert sentence("fitting person 12") == "passt Person 12 an"
    bones = "Choose the bones for: Left Foot, Pelvis."
    assert sentence(bones) == "Knochen wählen für: Linker Fuß, Becken."
    assert sentence("Nobody knows a.mp4.") == "Nobody knows a.mp4."


def test_what_the_backend_says_is_translated(monkeypatch, tmp_path):
    """As its own modules make it, parts in parts."""
    monkeypatch.setattr(translations, "pgettext_rpt", lambda text: german.SENTENCES[text])
    log = tmp_path / "setup.log"
    log.write_text("ERROR: NewConnectionError\n")
    error = environments.failure(log, "The libraries could not be installed")
    assert sentence(error.message) == (
        "Installation gescheitert: die Bibliotheken (das Netz ist nicht erreichbar). Noch einmal "
        f"starten, dann geht es hier weiter; Näheres steht in {log}."
    )
    with pytest.raises(OneTakeError) as raised, writing_to_home():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert sentence(raised.value.message).endswith(
        "ist voll; Platz schaffen, oder einen Datenordner auf einem anderen Datenträger wählen "
        "(ONETAKE_HOME, oder die Einstellungen des Add-ons)."
    )
    with pytest.raises(OneTakeError) as raised:
        load_smpl(tmp_path / "none.pkl")
    assert sentence(raised.value.message).endswith(
        "none.pkl lässt sich nicht lesen: nicht vorhanden."
    )
    (tmp_path / "a.json").write_text('{"strength": {"tail": 1}}')
    with pytest.raises(OneTakeError) as raised:
        read_preset(tmp_path / "a.json")
    assert sentence(raised.value.message) == (
        "a.json: Die Glättung kennt keinen Körperteil 'tail'; sie kennt "
        "root, trunk, head, arms, legs, hands, feet, translation."
    )
    with pytest.raises(OneTakeError) as raised:
        require_people((3,), [1, 2], "a.mp4")
    assert sentence(raised.value.message).startswith("a.mp4 zeigt 2 Personen, und keine")
    cut = "Note: a.mp4 is cut short or damaged: 3 of about 9 frames could be decoded."
    assert sentence(cut).startswith("Hinweis: a.mp4 ist abgeschnitten oder beschädigt: 3 von")


def test_english_stays_as_it_is():
    text = "The keys of walk {0} were edited by hand: keep the edits on a layer of their own, or "
    text += "discard them."
    assert sentence(text) == text
