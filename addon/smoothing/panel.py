"""The smoothing panel of the sidebar."""

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...backend.motion.smoothing import PARTS
from ..character_operator import PROBLEM, CharacterPanel, selected
from ..edit_layer import draw_problem
from . import live
from .preset_menu import ONETAKE_PT_smoothing_presets


class ONETAKE_PT_smoothing(CharacterPanel, bpy.types.Panel):
    """Before and after, two sliders, mode, foot lock."""

    bl_label = "Smoothing"
    bl_description = "How much shiver is taken out of the selected character's motion"
    bl_order = 20

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """The presets' popover."""
        ONETAKE_PT_smoothing_presets.draw_panel_header(self.layout)

    def draw(self, context: bpy.types.Context) -> None:
        """Sliders are grey while keys that somebody edited wait for an answer."""
        armature = selected(context).armature
        motion = armature.onetake_controls
        draw_problem(self.layout, armature)
        column = self.layout.column()
        column.active = PROBLEM not in armature
        column.prop(motion, "smoothed", toggle=True, text="After" if motion.smoothed else "Before")
        column = column.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.active = motion.smoothed
        column.prop(motion, "min_cutoff", slider=True)
        column.prop(motion, "beta", text="Response", slider=True)  # the full name is cut off
        column.prop(motion, "mode")
        column.prop(motion, "foot_lock")


class ONETAKE_PT_smoothing_parts(CharacterPanel, bpy.types.Panel):
    """A strength for each part of the body."""

    bl_label = "Body Parts"
    bl_description = "More or less smoothing for single parts of the body"
    bl_parent_id = "ONETAKE_PT_smoothing"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Eight sliders."""
        armature = selected(context).armature
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.active = armature.onetake_controls.smoothed and PROBLEM not in armature
        for part in PARTS:
            column.prop(armature.onetake_controls, f"strength_{part}", slider=True)


class ONETAKE_PT_smoothing_graph(CharacterPanel, bpy.types.Panel):
    """What the setting takes off the jitter and what off the swing."""

    bl_label = "Jitter and Swing"
    bl_description = "What the present setting leaves of the jitter, and of the motion itself"
    bl_parent_id = "ONETAKE_PT_smoothing"

    def draw(self, context: bpy.types.Context) -> None:
        """The picture of the last setting that was measured, and its figures."""
        live.want_graph(context, selected(context))
        graph = live.graph()
        if not graph.icon:
            self.layout.label(text="Shown for smoothed motion", icon="INFO")
            return
        self.layout.template_icon(graph.icon, scale=6.0)
        self.layout.label(text="Better: down and to the right")
        row = self.layout.row()
        swing, jitter = (
            values[graph.result.now] for values in (graph.result.swing, graph.result.jitter)
        )
        row.label(text=iface_("Jitter left {share:.0%}").format(share=jitter), translate=False)
        row.label(text=iface_("Swing left {share:.0%}").format(share=swing), translate=False)


_CLASSES = (ONETAKE_PT_smoothing, ONETAKE_PT_smoothing_parts, ONETAKE_PT_smoothing_graph)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
