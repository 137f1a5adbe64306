"""The character panel of the sidebar."""

import bpy
from bpy.app.translations import pgettext_iface as iface_
from bpy.app.translations import pgettext_tip as tip_

from ..character_operator import CharacterOperator, CharacterPanel, selected
from ..scene.character import Character
from ..scene.nla import push_down
from ..scene.stored_motion import stored
from ..scene.timing import frame_rate
from .place import place_at
from .rate import match_frame_rate


class ONETAKE_OT_place_at_cursor(CharacterOperator):
    """Put the character's first step at the 3D cursor; its own camera comes along"""

    bl_idname = "onetake.place_at_cursor"
    bl_label = "Place at 3D Cursor"

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """The cursor's place."""
        place_at(character, context.scene.cursor.location)


class ONETAKE_OT_match_frame_rate(CharacterOperator):
    """Let the motion and its video play at their true speed"""

    bl_idname = "onetake.match_frame_rate"
    bl_label = "Match Frame Rate"

    to: bpy.props.EnumProperty(
        name="To",
        description="Whose frame rate counts",
        items=[
            ("scene", "Match Scene", "Keys move, so that the motion keeps its speed in this scene"),
            ("video", "Match Video", "The scene gets the frame rate of the video"),
        ],
    )

    @classmethod
    def description(cls, _context, properties) -> str:
        """One for each choice."""
        if properties.to == "scene":
            return tip_(
                "Move the keys so that the motion keeps its true speed at the scene's frame rate"
            )
        return tip_(
            "Give the scene the video's frame rate; other animation in it changes its speed"
        )

    def work(self, context: bpy.types.Context, character: Character) -> None:
        """Keys, camera and video."""
        match_frame_rate(context, character, self.to)


class ONETAKE_OT_push_to_nla(CharacterOperator):
    """Play the take's action from a track of the nonlinear animation editor"""

    bl_idname = "onetake.push_to_nla"
    bl_label = "Push to NLA"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while the take's action is the active one."""
        character = selected(context)
        animation = character and character.armature.animation_data
        if animation and animation.action and animation.action == character.action:
            return True
        cls.poll_message_set(tip_("Select a character whose take is its active action"))
        return False

    def work(self, _context: bpy.types.Context, character: Character) -> None:
        """One strip."""
        push_down(character.armature, character.action)


class ONETAKE_PT_character(CharacterPanel, bpy.types.Panel):
    """Who it is, where it is, how fast it plays."""

    bl_label = "Character"
    bl_description = "Where the selected character is and how fast it plays"
    bl_order = 10

    def draw(self, context: bpy.types.Context) -> None:
        """Two lines on the take, then the buttons."""
        character = selected(context)
        armature, plain = character.armature, stored(character.armature).plain
        frames = len(stored(armature).motion[2])
        column = self.layout.column(align=True)
        who = iface_("{video}, person {number}")
        who = who.format(video=plain["video_name"], number=plain["person_id"])
        column.label(text=who, icon="ARMATURE_DATA", translate=False)
        long = iface_("{frames} frames at {rate:.4g} fps, scene {scene:.4g}")
        long = long.format(frames=frames, rate=plain["fps"], scene=frame_rate(context.scene))
        column.label(text=long, translate=False)
        column = self.layout.column()
        column.operator("onetake.place_at_cursor", icon="PIVOT_CURSOR")
        column.prop(armature.onetake_controls, "in_place", toggle=True, icon="CON_LOCLIMIT")
        row = column.row(align=True)
        row.operator("onetake.match_frame_rate", text="Match Scene").to = "scene"
        row.operator("onetake.match_frame_rate", text="Match Video").to = "video"
        column.operator("onetake.keep_edits", icon="NLA")
        column.operator("onetake.push_to_nla", icon="NLA_PUSHDOWN")


_CLASSES = (
    ONETAKE_OT_place_at_cursor,
    ONETAKE_OT_match_frame_rate,
    ONETAKE_OT_push_to_nla,
    ONETAKE_PT_character,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
