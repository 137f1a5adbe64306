"""Import Video as Animation from the movie clip editor and the sequencer."""

import bpy

from ...backend.errors import OneTakeError
from ..sources import Source, clip_source, strip_source
from ..translations import sentence
from .import_video import ONETAKE_OT_import_video
from .reporting import refused


class _FromEditor(bpy.types.Operator):
    """Base: hands the editor's video to the import, options asked where there is a window."""

    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a video there."""
        try:
            cls.source(context)
        except OneTakeError as error:
            cls.poll_message_set(sentence(error.message))
            return False
        return True

    @classmethod
    def source(cls, context: bpy.types.Context) -> Source:
        """The video of the editor."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """The options first."""
        shown = self._hand_over(context, "INVOKE_DEFAULT")
        # The dialog is the other operator's: Blender would wait for this one and never free it.
        return {"INTERFACE"} if "RUNNING_MODAL" in shown else shown

    def execute(self, context: bpy.types.Context) -> set[str]:
        """At once, with the options of the last import."""
        return self._hand_over(context, "EXEC_DEFAULT")

    def _hand_over(self, context: bpy.types.Context, how: str) -> set[str]:
        try:
            source = self.source(context)
        except OneTakeError as error:
            return refused(self, error)
        first, last = source.frames or (1, 250)
        return bpy.ops.onetake.import_video(
            how,
            filepath=str(source.video),
            use_frames=source.frames is not None,
            first_frame=first,
            last_frame=last,
            use_start=True,
            start=source.start,
        )


class ONETAKE_OT_import_clip(_FromEditor):
    """Turn the people in this clip into animated characters, in time with the clip"""

    bl_idname = "onetake.import_clip"
    bl_label = "Clip to Animation (OneTake)"

    @classmethod
    def source(cls, context: bpy.types.Context) -> Source:
        """The clip that the editor shows."""
        return clip_source(getattr(context, "edit_movieclip", None))


class ONETAKE_OT_import_strip(_FromEditor):
    """Turn the people in this movie strip into animated characters, in time with the strip"""

    bl_idname = "onetake.import_strip"
    bl_label = "Strip to Animation (OneTake)"

    @classmethod
    def source(cls, context: bpy.types.Context) -> Source:
        """The active strip."""
        scene = getattr(context, "sequencer_scene", None) or context.scene
        editor = scene.sequence_editor
        return strip_source(editor and editor.active_strip)


def _entry(menu: bpy.types.Menu, name: str) -> None:
    menu.layout.separator()
    menu.layout.operator_context = "INVOKE_DEFAULT"
    menu.layout.operator(name, icon="ARMATURE_DATA")


def draw_import_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """File > Import."""
    self.layout.operator(ONETAKE_OT_import_video.bl_idname, text="Video as Animation (OneTake)")


def draw_clip_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """Clip editor, Clip."""
    _entry(self, ONETAKE_OT_import_clip.bl_idname)


def draw_strip_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """Sequencer, Strip."""
    _entry(self, ONETAKE_OT_import_strip.bl_idname)


MENUS = (
    ("TOPBAR_MT_file_import", draw_import_menu),
    ("CLIP_MT_clip", draw_clip_menu),
    ("SEQUENCER_MT_strip", draw_strip_menu),
)

CLASSES = (ONETAKE_OT_import_clip, ONETAKE_OT_import_strip)
