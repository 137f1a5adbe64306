"""Every word that the add-on shows: what Blender was told of its classes, and what its code says.

Context and text, as in Blender's translations: buttons have the context Operator.
"""

import ast
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addon"

Text = tuple[str, str]  # context, text
PLAIN = "*"

# Of a layout's functions, those whose words Blender translates by itself.
_DRAWN = {"label", "operator", "prop", "menu", "popover", "column", "row", "progress"}
_TRANSLATE = {"iface_", "tip_", "rpt_"}
# What the backend says that it is doing, as the first argument of these.
_STAGES = {
    ROOT / "backend/conversion.py": "progress",
    ROOT / "backend/bootstrap/installation.py": "_step",
}

# Of the backend, what the add-on's processes never run: commands for a terminal alone.
_FOR_TERMINALS = (
    "training", "evaluation", "batch", "quality", "__main__.py", "cli.py", "terminal.py",
    "outputs.py", "commands.py", "people_command.py", "device.py", "blender_process.py",
    "people/resnet.py", "bootstrap/commands.py", "bootstrap/packaging.py", "bootstrap/setup.py",
    "bootstrap/system_libraries.py", "bootstrap/testing.py",
)  # fmt: skip
# Functions of the backend that are given sentences, or parts of them, and where.
_SAID = {
    "OneTakeError": 1, "failure": 1, "writing_to": 1, "install": 1, "say": 0, "__init__": 1,
}  # fmt: skip
_PRESETS = (ROOT / "backend/motion/smoothing.py", ROOT / "backend/export_preset.py")
# Variables and functions that hold what is said.
_WORDS = ("stage", "how", "message", "problem", "reason", "people")
_TELLING = ("offline_reason", "explained", "_decoded")
# What systems answer of files, in the words of their C library.
_REFUSALS = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.EISDIR)

_WITHOUT_WINDOW = {"batch.py", "command_line.py", "headless.py", "job.py"}


def classes() -> list[type]:
    """Everything of ours that Blender knows while the add-on is enabled."""
    kinds = (bpy.types.Operator, bpy.types.Panel, bpy.types.Menu, bpy.types.PropertyGroup,
             bpy.types.AddonPreferences, bpy.types.FileHandler, bpy.types.UIList)  # fmt: skip
    below = [cls for kind in kinds for cls in _below(kind)]
    return [cls for cls in below if cls.__module__.startswith("onetake") and cls.is_registered]


def properties(cls: type) -> list[bpy.types.Property]:
    """Those of a class that users meet, and that we have defined."""
    rna = cls.bl_rna
    if issubclass(cls, bpy.types.Operator):
        rna = operator(cls).get_rna_type()
    ours = [base for base in cls.__mro__ if base.__module__.startswith("onetake")]
    names = {name for base in ours for name in vars(base).get("__annotations__", {})}
    found = [rna.properties[name] for name in sorted(names) if name in rna.properties]
    return [each for each in found if not each.is_hidden]


def operator(cls: type):
    """bpy.ops' function for an operator."""
    module, name = cls.bl_idname.split(".")
    return getattr(getattr(bpy.ops, module), name)


def registered() -> set[Text]:
    """Names and tooltips of classes, properties and choices."""
    found = set()
    for cls in classes():
        if issubclass(cls, bpy.types.Operator):
            found |= {("Operator", cls.bl_label), (PLAIN, operator(cls).get_rna_type().description)}
        elif issubclass(cls, bpy.types.Panel):
            found |= {(PLAIN, cls.bl_label), (PLAIN, cls.bl_description)}
        elif issubclass(cls, bpy.types.FileHandler):
            found.add((PLAIN, cls.bl_label))
        for each in properties(cls):
            context = each.translation_context
            found |= {(context, each.name), (PLAIN, each.description)}
            for item in getattr(each, "enum_items", ()):
                found |= {(context, item.name), (PLAIN, item.description)}
    return {text for text in found if text[1]}


def written() -> set[Text]:
    """What is drawn, reported or told, by the code; and what the presets say of themselves."""
    found = set()
    for path in sorted(ADDON.rglob("*.py")):
        if "translations" not in path.parts:
            found |= set(_in_code(_tree(path)))
    presets = (ROOT / "presets").rglob("*.json")
    found |= {(PLAIN, json.loads(path.read_text())["description"]) for path in presets}
    return found | {(PLAIN, name.replace("_", " ").capitalize()) for name in _directions()}


def sentences() -> set[str]:
    """The patterns of errors, and what tasks are called, do and come to; places are numbered.

    Not those of commands, which have no window to show them in.
    """
    from onetake.addon.backend_process.task import State
    from onetake.addon.panels.setup import _PARTS

    found = {state.value for state in State} | set(_PARTS)
    indices = {"OneTakeError": 1, "Task": 0, "paragraph": 2, "sentence": 0}
    for path in [*sorted(ADDON.rglob("*.py")), ROOT / "backend/export_preset.py"]:
        if path.name not in _WITHOUT_WINDOW:
            found |= set(_told(_tree(path), indices))
    for path, name in _STAGES.items():
        found |= set(_told(_tree(path), {name: 0}))
    return found | backend_sentences()


def backend_sentences() -> set[str]:
    """What the processes of the add-on say of themselves, and the system of files."""
    found = {os.strerror(number) for number in _REFUSALS}
    for path in sorted((ROOT / "backend").rglob("*.py")):
        place = path.relative_to(ROOT / "backend").as_posix()
        if not place.startswith(_FOR_TERMINALS):
            found |= set(_told(_tree(path), _SAID))
    for path in _PRESETS:  # whose errors are part of a sentence
        found |= set(_told(_tree(path), {"ValueError": 0}))
    said = {text.strip() for text in found if any(map(str.isalpha, text))}
    return said | {"Note: {0}"}  # what an import's problem begins with


def _told(tree: ast.AST, indices: dict[str, int]) -> Iterator[str]:
    """Patterns among the arguments of these functions, and in the variables for them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in indices:
            yield from _templates(node.args[indices[_name(node)] :][:1])
        elif isinstance(node, ast.Assign):
            yield from _templates(_assigned(node.targets[0], node.value))
        elif isinstance(node, ast.FunctionDef) and node.name in _TELLING:
            said = [each for each in ast.walk(node) if isinstance(each, ast.Return | ast.Yield)]
            yield from _templates([each.value for each in said])


def _assigned(target: ast.expr, value: ast.expr) -> list[ast.expr]:
    """What is said among the values of one assignment."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return [each for pair in pairs for each in _assigned(*pair)]
    return [value] if getattr(target, "id", "") in _WORDS else []


def untranslatable() -> list[str]:
    """Places where words with figures between them are drawn as they are, without `iface_`."""
    found = []
    for path in sorted(ADDON.rglob("*.py")):
        for call in _calls(_tree(path)):
            for value in _shown(call):
                if isinstance(value, ast.JoinedStr) and any(
                    _letters(part) for part in value.values
                ):
                    found.append(f"{path.relative_to(ROOT)}:{value.lineno}")
    return found


def _directions() -> set[str]:
    # By their source: the module wants scipy, which Blender has not.
    calls = _calls(_tree(ROOT / "backend/body/shapes.py"))
    return {"stature"} | {c.args[0].value for c in calls if _name(c) == "Direction"}


def _below(cls: type) -> Iterator[type]:
    for each in cls.__subclasses__():
        yield each
        yield from _below(each)


def _in_code(tree: ast.AST) -> Iterator[Text]:
    for call in _calls(tree):
        context = "Operator" if _name(call) in ("operator", "_button") else PLAIN
        for value in _shown(call):
            for text in _constants(value):
                yield context, text


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    name = _name(call)
    if name in _TRANSLATE:
        yield call.args[0]
    elif name == "report":
        yield call.args[1]
    elif name in _DRAWN | {"_button"}:
        for keyword in call.keywords:
            if keyword.arg in ("text", "heading"):
                yield keyword.value
    elif name == "invoke_props_dialog":
        yield from (k.value for k in call.keywords if k.arg in ("confirm_text", "title"))


def _constants(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and _letters(value):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for each in value.values:
            yield from _constants(each)


def _templates(values: list[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.JoinedStr):
            parts, places = [], 0
            for part in value.values:
                if isinstance(part, ast.Constant):
                    parts.append(part.value)
                else:
                    parts.append(f"{{{places}}}")
                    places += 1
            yield "".join(parts)
        elif isinstance(value, ast.IfExp):
            yield from _templates([value.body, value.orelse])
        elif isinstance(value, ast.Call) and _name(value) == "format":
            pieces = value.func.value.value.split("{}")
            yield pieces[0] + "".join(f"{{{n}}}{each}" for n, each in enumerate(pieces[1:]))
        else:
            yield from _constants(value)


def _letters(value: ast.expr) -> bool:
    text = getattr(value, "value", None)
    return isinstance(text, str) and any(map(str.isalpha, text))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _tree(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))
