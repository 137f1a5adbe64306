"""Actions as strips of the non-linear animation editor."""

import bpy


def push_down(armature: bpy.types.Object, action: bpy.types.Action) -> bpy.types.NlaStrip:
    """Play the action from a track of its own, where it does not yet; no action is active then.

    As Blender's Push Down, at the same frames, fractional ones too.
    """
    animation = armature.animation_data or armature.animation_data_create()
    slot = getattr(animation, "action_slot", None) if animation.action == action else None
    if animation.action == action:
        animation.action = None
    for track in animation.nla_tracks:
        for strip in track.strips:
            if strip.action == action:
                return strip
    first, last = action.frame_range
    track = animation.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, int(first), action)
    strip.frame_start_raw, strip.frame_end_raw = first, last
    strip.action_frame_start, strip.action_frame_end = first, last
    if hasattr(strip, "action_slot"):
        strip.action_slot = slot or action.slots[0]
    return strip
