"""Import Video as Animation: file browser, File > Import, a video dropped on the viewport."""

import bpy
from bpy_extras.io_utils import ImportHelper, poll_file_object_drop

from ...backend.errors import OneTakeError
from .. import api
from ..preferences import shown_state
from .reporting import refused, started
from .setup import set_up

EXTENSIONS = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mts", ".m2ts", ".mpg", ".wmv")


class ONETAKE_OT_import_video(bpy.types.Operator, ImportHelper):
    """Turn the people in a video into animated characters. Blender stays usable meanwhile"""

    bl_idname = "onetake.import_video"
    bl_label = "Import Video as Animation"
    bl_options = {"REGISTER"}  # the character arrives later, with an undo step of its own

    # A remembered path would look like a dropped one to `invoke`.
    filepath: bpy.props.StringProperty(
        name="Video", description="The video to import", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        default=";".join(f"*{extension}" for extension in EXTENSIONS), options={"HIDDEN"}
    )
    people: bpy.props.EnumProperty(
        name="People",
        description="Whom to make a character of",
        items=(
            ("all", "All", "Everybody who is seen well enough"),
            ("largest", "Largest", "Only the most prominent person"),
        ),
    )
    estimator: bpy.props.EnumProperty(
        name="Estimator",
        description="What turns landmarks in the picture into motion",
        items=(
            ("onetake", "OneTake Network", "A trained network, polished onto the landmarks"),
            ("ik", "Inverse Kinematics", "A fit of the body to the landmarks; needs no training"),
        ),
    )
    quality: bpy.props.EnumProperty(
        name="Quality",
        description="Time against accuracy",
        items=(
            ("fast", "Fast", "For a first look"),
            ("balanced", "Balanced", "For most clips"),
            ("best", "Best", "Six looks at each person, at a fifth of the speed"),
        ),
        default="balanced",
    )
    lens: bpy.props.EnumProperty(
        name="Lens",
        description="How the focal length of the video is known",
        items=(
            ("AUTO", "From Video", "What the file tells, else a usual lens"),
            ("CAMERA", "Scene Camera", "The field of view of the scene's active camera"),
            ("FOV", "Field of View", "The horizontal field of view given here"),
        ),
    )
    fov: bpy.props.FloatProperty(
        name="Field of View",
        description="Horizontal field of view of the video's lens",
        subtype="ANGLE",
        default=1.0,
        min=0.05,
        max=3.0,
    )
    match_rate: bpy.props.EnumProperty(
        name="Frame Rate",
        description="The scene's frame rate; the motion keeps its true speed in each case",
        items=(
            ("unless_animated", "Automatic", "The video's, unless the scene is animated already"),
            ("scene", "Match Scene", "The scene's stays; keys may lie between whole frames"),
            ("video", "Match Video", "The video's; what is animated already changes its speed"),
        ),
    )
    use_frames: bpy.props.BoolProperty(
        name="Frame Range", description="Use a part of the video only", default=False
    )
    first_frame: bpy.props.IntProperty(
        name="First", description="First frame of the video, counted from 1", default=1, min=1
    )
    last_frame: bpy.props.IntProperty(
        name="Last", description="Last frame of the video", default=250, min=1
    )

    set_up: bpy.props.BoolProperty(
        name="Set Up First",
        description="Install first what is missing of the backend, online where that must be",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """A file dropped or shown in an editor leads to the options, else the browser opens."""
        self.set_up = bool(shown_state()[1])
        if self.properties.is_property_set("filepath") and self.filepath:
            return context.window_manager.invoke_props_dialog(
                self, confirm_text="Set Up and Import" if self.set_up else "Import"
            )
        return super().invoke(context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the import."""
        try:
            if self.set_up:
                set_up(context)
            task = api.start_import(
                self.filepath,
                frames=(self.first_frame, self.last_frame) if self.use_frames else None,
                people=self.people,
                estimator=self.estimator,
                quality=self.quality,
                fov=self._fov(context),
                match_rate=self.match_rate,
                scene=context.scene,
            )
        except OneTakeError as error:
            return refused(self, error)
        if not bpy.app.background:
            self.report({"INFO"}, "The OneTake tab of the viewport's sidebar shows the progress.")
        return started(self, task)

    def draw(self, context: bpy.types.Context) -> None:
        """The options, beside the file browser or in a dialog."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if self.set_up:
            column = layout.column(align=True)
            column.label(text="OneTake is set up first: once, a few minutes", icon="INFO")
            if shown_state()[0].needs_network and not bpy.app.online_access:
                column.label(text="Blender is allowed online for it", icon="INTERNET")
        layout.prop(self, "people")
        layout.prop(self, "quality")
        layout.prop(self, "estimator")
        layout.prop(self, "lens")
        if self.lens == "FOV":
            layout.prop(self, "fov")
        layout.prop(self, "match_rate")
        column = layout.column(heading="Frame Range", align=True)
        column.prop(self, "use_frames", text="")
        frames = column.column(align=True)
        frames.active = self.use_frames
        frames.prop(self, "first_frame")
        frames.prop(self, "last_frame")

    def _fov(self, context: bpy.types.Context) -> float | None:
        if self.lens == "CAMERA":
            return api.camera_fov(context.scene)
        return self.fov if self.lens == "FOV" else None


class ONETAKE_FH_video(bpy.types.FileHandler):
    """A video dropped on the viewport becomes an animation."""

    bl_idname = "ONETAKE_FH_video"
    bl_label = "Video as Animation"
    bl_import_operator = ONETAKE_OT_import_video.bl_idname
    bl_file_extensions = ";".join(EXTENSIONS)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """In the viewport and the outliner."""
        return poll_file_object_drop(context)


def draw_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """File > Import."""
    self.layout.operator(ONETAKE_OT_import_video.bl_idname, text="Video as Animation (OneTake)")


def draw_clip_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    """Clip editor, Clip: the clip that is shown."""
    clip = context.space_data.clip
    if clip and clip.source == "MOVIE":
        _draw_entry(self.layout, clip.filepath)


def draw_strip_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    """Sequencer, Strip: the active strip, where it is a movie."""
    editor = context.scene.sequence_editor
    strip = editor and editor.active_strip
    if strip and strip.type == "MOVIE":
        _draw_entry(self.layout, strip.filepath)


def _draw_entry(layout: bpy.types.UILayout, path: str) -> None:
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    entry = layout.operator(
        ONETAKE_OT_import_video.bl_idname, text="To Animation (OneTake)", icon="ARMATURE_DATA"
    )
    entry.filepath = bpy.path.abspath(path)


MENUS = (
    ("TOPBAR_MT_file_import", draw_menu),
    ("CLIP_MT_clip", draw_clip_menu),
    ("SEQUENCER_MT_strip", draw_strip_menu),
)

CLASSES = (ONETAKE_OT_import_video, ONETAKE_FH_video)
