"""The preferences that name the official SMPL files, and say what is wrong with one."""

import bpy

SEXES = ("neutral", "male", "female")
OURS = "onetake"
BODIES = (
    (OURS, "OneTake", "OneTake's own, free for every use"),
    *((sex, f"SMPL {sex.title()}", f"The official {sex} body, from its file") for sex in SEXES),
)
LABELS = {name: label for name, label, _ in BODIES}


def _named(sex: str):
    def changed(_preferences: object, _context: bpy.types.Context) -> None:
        from .bodies.files import check_named  # which needs these preferences

        check_named(sex)

    return changed


def _file(sex: str):
    return bpy.props.StringProperty(
        name=f"SMPL {sex.title()}",
        description=f"The {sex} SMPL body, .pkl or .npz as its authors give it to you under their "
        "licence. It is read by the backend; nothing that it contains is run",
        subtype="FILE_PATH",
        update=_named(sex),
    )


class OfficialBodyPreferences:
    """Mixed into the add-on's preferences.

    smpl_<sex>: the user's file. smpl_<sex>_read: the npz that was made of it. smpl_<sex>_problem:
    why there is none.
    """

    smpl_neutral: _file("neutral")
    smpl_male: _file("male")
    smpl_female: _file("female")
    smpl_neutral_read: bpy.props.StringProperty(options={"HIDDEN"})
    smpl_male_read: bpy.props.StringProperty(options={"HIDDEN"})
    smpl_female_read: bpy.props.StringProperty(options={"HIDDEN"})
    smpl_neutral_problem: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    smpl_male_problem: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    smpl_female_problem: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    body: bpy.props.EnumProperty(
        name="Body of Imports",
        description="Which body new characters have",
        items=BODIES,
    )

    def draw_bodies(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Files, each with what is the matter with it."""
        from .panels.text import paragraph  # as above

        layout.prop(self, "body")
        for sex in SEXES:
            layout.prop(self, f"smpl_{sex}")
            if problem := getattr(self, f"smpl_{sex}_problem"):
                paragraph(layout, context, problem, "ERROR")
            elif getattr(self, f"smpl_{sex}_read"):
                layout.label(text="Read, and ready to use", icon="CHECKMARK")
            elif getattr(self, f"smpl_{sex}"):
                layout.label(text="Being read", icon="TIME")
