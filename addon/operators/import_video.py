"""Import Video as Animation: file browser, File > Import, a video dropped on the viewport."""

import bpy
from bpy_extras.io_utils import ImportHelper, poll_file_object_drop

from ...backend.errors import OneTakeError
from .. import api
from ..preferences import shown_state
from ..scene.target import find_target
from ..translations import CONTEXT
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
            ("choose", "Choose", "Those whom you choose from pictures, once they are found"),
        ),
    )
    estimator: bpy.props.EnumProperty(
        name="Estimator",
        description="What turns landmarks in the picture into motion",
        items=(
            ("onetake", "OneTake Network", "A trained network, polished onto the landmarks"),
            ("ik", "Inverse Kinematics", "A fit of the body to the landmarks; needs no training"),
            ("sru_attention", "SRU and Attention", "For research: after Sun et al."),
            ("joint_gru", "GRU for Each Joint", "For research: the decomposed motion prior"),
            ("hybrid", "Hybrid", "For research: after Pittner and Starlinger"),
            ("multimodal_depth", "Multimodal Depth", "For research: after Zhou et al."),
            ("temporal_lifter", "Temporal Lifter", "For research: after Varga and Véges"),
        ),
    )
    quality: bpy.props.EnumProperty(
        name="Quality",
        description="Time against accuracy",
        translation_context=CONTEXT,
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
        translation_context=CONTEXT,
        items=(
            ("AUTO", "From Video", "What the file tells, else a usual lens"),
            ("CAMERA", "Scene Camera", "The field of view of the scene's active camera"),
            ("FOV", "Field of View", "The horizontal field of view given here"),
        ),
    )
    fov: bpy.props.FloatProperty(
        name="Field of View",
        description="Horizontal field of view of the video's lens",
        translation_context=CONTEXT,
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
    # A range and a place in time belong to one video: the next has its own.
    use_frames: bpy.props.BoolProperty(
        name="Frame Range",
        description="Use a part of the video only",
        default=False,
        options={"SKIP_SAVE"},
    )
    first_frame: bpy.props.IntProperty(
        name="First",
        description="First frame of the video, counted from 1",
        default=1,
        min=1,
        options={"SKIP_SAVE"},
    )
    last_frame: bpy.props.IntProperty(
        name="Last",
        description="Last frame of the video",
        default=250,
        min=1,
        options={"SKIP_SAVE"},
    )
    use_start: bpy.props.BoolProperty(
        name="Video Starts at",
        description="Let the video start at a frame of the scene other than its first",
        default=False,
        options={"SKIP_SAVE"},
    )
    start: bpy.props.FloatProperty(
        name="Frame",
        description="Frame of the scene at which the video's first frame lies",
        default=1.0,
        step=100,
        options={"SKIP_SAVE"},
    )
    target: bpy.props.EnumProperty(
        name="Target",
        description="Who gets the motion",
        items=(
            ("new", "New Character", "A new character for each person"),
            (
                "selected",
                "Selected Armature",
                "The active armature, a character of OneTake's or one with SMPL's joint names, "
                "gets the first person's motion as a new action; further people become characters",
            ),
        ),
    )
    shape: bpy.props.EnumProperty(
        name="Shape",
        description="Which shape the target has then",
        items=(
            ("keep", "Keep", "Its own; the way it goes is scaled by the length of its legs"),
            ("video", "From Video", "That of the person in the video, on a character of OneTake's"),
        ),
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
                start=self.start if self.use_start else None,
                target=self._target(context),
                shape=self.shape,
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
        layout.prop(self, "target")
        if self.target == "selected":
            layout.prop(self, "shape")
        layout.prop(self, "match_rate")
        self._draw_part("Frame Range", "use_frames", "first_frame", "last_frame")
        self._draw_part("Video Starts at", "use_start", "start")

    def _draw_part(self, heading: str, switch: str, *values: str) -> None:
        column = self.layout.column(heading=heading, align=True)
        column.prop(self, switch, text="")
        for value in values if getattr(self, switch) else ():
            column.prop(self, value)

    def _target(self, context: bpy.types.Context) -> bpy.types.Object | None:
        return find_target(context.object) if self.target == "selected" else None

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


CLASSES = (ONETAKE_OT_import_video, ONETAKE_FH_video)
