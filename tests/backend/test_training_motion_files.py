"""Motion files of the user's own: AMASS, BVH, ASF/AMC, and trees of them."""

import numpy as np
import pytest

from backend.errors import OneTakeError
from backend.motion.kinematics import forward_kinematics
from backend.motion.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    geodesic_angle,
    multiply_quaternions,
    quaternion_to_axis_angle,
)
from backend.motion.skeleton import JOINT, REST
from backend.training.motion import MotionLibrary, read_motion
from backend.training.motion.contacts import clearance
from backend.training.motion.files import split_of

X, Y, Z = np.eye(3)


def joints_of(motion):
    return forward_kinematics(motion.poses, REST, motion.trans)[0]


def direction(motion, frame, start, end):
    """Unit vector between two of our joints."""
    joints = joints_of(motion)[frame]
    vector = joints[JOINT[end]] - joints[JOINT[start]]
    return vector / np.linalg.norm(vector)


def assert_directions(motion, frame, **expected):
    """name="start>end": unit vectors of the known skeleton's bones."""
    for bone, vector in expected.items():
        start, end = bone.split("__")
        np.testing.assert_allclose(
            direction(motion, frame, start, end), vector, atol=1e-5, err_msg=bone
        )


# AMASS


def standing(frames=90):
    """poses, trans: somebody who waves and bends the knees, soles on the floor in every frame."""
    time = np.arange(frames) / 30
    poses = np.zeros((frames, 24, 3))
    poses[:, 0, 1] = 0.5 + 0.3 * np.sin(time)
    poses[:, JOINT["left_shoulder"], 2] = np.sin(time)
    poses[:, JOINT["left_knee"], 0] = 0.3 + 0.3 * np.sin(2 * time)
    poses[:, JOINT["head"], 1] = 0.2 * np.sin(3 * time)
    trans = np.stack([0.3 * time, 0 * time, 0.1 * np.sin(time)], axis=1)
    joints, _ = forward_kinematics(poses, REST, trans)
    trans[:, 1] -= clearance(joints).min(axis=1)
    return poses, trans


def write_amass(path, poses, trans, width=156, rate="mocap_framerate", fps=60.0, replaced=None):
    """As DESIGN.md says: root' = Rx(90) root, trans' = Rx(90) pelvis - J0."""
    turn = axis_angle_to_quaternion(np.array([np.pi / 2, 0, 0]))
    poses = poses.copy()
    poses[:, 0] = quaternion_to_axis_angle(
        multiply_quaternions(turn, axis_angle_to_quaternion(poses[:, 0]))
    )
    flat = np.zeros((len(poses), width))
    count = 24 if width == 72 else 22
    flat[:, : 3 * count] = poses[:, :count].reshape(len(poses), -1)
    pelvis = trans @ axis_angle_to_matrix(np.array([np.pi / 2, 0, 0])).T
    arrays = {
        "poses": flat, "trans": pelvis - REST[0], "betas": np.zeros(16), "gender": "neutral",
        rate: fps,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **(arrays | (replaced or {})))
    return path


@pytest.mark.parametrize(
    "width, rate", [(156, "mocap_framerate"), (72, "mocap_framerate"), (165, "mocap_frame_rate")]
)
def test_amass_round_trip(tmp_path, width, rate):
    poses, trans = standing()
    motion = read_motion(write_amass(tmp_path / "a.npz", poses, trans, width, rate))
    angle = geodesic_angle(axis_angle_to_matrix(motion.poses), axis_angle_to_matrix(poses))
    assert angle.max() < 1e-3
    np.testing.assert_allclose(motion.trans, trans, atol=1e-4)
    assert motion.fps == 60 and motion.ok.all() and not motion.complete


def test_a_tall_persons_path_is_scaled_to_our_legs(tmp_path):
    poses, trans = standing()
    motion = read_motion(write_amass(tmp_path / "a.npz", poses, trans * 1.2))
    np.testing.assert_allclose(motion.trans, trans, atol=1e-4)


def test_a_jump_in_the_file_is_not_ok(tmp_path):
    poses, trans = standing()
    trans[50:, 0] += 3
    ok = read_motion(write_amass(tmp_path / "a.npz", poses, trans)).ok
    assert np.flatnonzero(~ok).tolist() == [49, 50]


@pytest.mark.parametrize(
    "broken, words",
    [
        ({"poses": np.zeros((90, 60))}, "poses are"),
        ({"trans": np.zeros((80, 3))}, "trans"),
        ({"trans": np.full((90, 3), np.nan)}, "not all of it is numbers"),
        ({"mocap_framerate": 0.0}, "frames a second"),
        ({"poses": np.zeros((0, 156)), "trans": np.zeros((0, 3))}, "no frames"),
        ({"poses": np.array([[0.0] * 156] * 90, dtype=object)}, "damaged"),
    ],
)
def test_bad_amass_files_are_refused_in_words(tmp_path, broken, words):
    path = write_amass(tmp_path / "a.npz", *standing(), replaced=broken)
    with pytest.raises(OneTakeError, match=words) as caught:
        read_motion(path)
    assert "a.npz" in caught.value.message


def test_files_that_are_none(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"not a zip")
    (tmp_path / "b.npz").mkdir()
    np.savez(tmp_path / "c.npz", poses=np.zeros((3, 156)))
    (tmp_path / "d.bvh").write_text("hello")
    (tmp_path / "e.fbx").write_text("hello")
    for name in ("a.npz", "b.npz", "c.npz", "d.bvh", "e.fbx", "missing.bvh", "missing.amc"):
        with pytest.raises(OneTakeError) as caught:
            read_motion(tmp_path / name)
        assert name in caught.value.message


# BVH

MIXAMO = {
    "Hips": "mixamorig:Hips", "Spine": "mixamorig:Spine", "Chest": "mixamorig:Spine1",
    "Neck": "mixamorig:Neck", "Head": "mixamorig:Head", "Collar": "mixamorig:{}Shoulder",
    "Arm": "mixamorig:{}Arm", "ForeArm": "mixamorig:{}ForeArm", "Hand": "mixamorig:{}Hand",
    "UpLeg": "mixamorig:{}UpLeg", "Leg": "mixamorig:{}Leg", "Foot": "mixamorig:{}Foot",
    "Toe": "mixamorig:{}ToeBase",
}  # fmt: skip
PLAIN = {
    "Hips": "Hips", "Spine": "Abdomen", "Chest": "Chest", "Neck": "Neck", "Head": "Head",
    "Collar": "{}Collar", "Arm": "{}Shoulder", "ForeArm": "{}Elbow", "Hand": "{}Wrist",
    "UpLeg": "{}Hip", "Leg": "{}Knee", "Foot": "{}Ankle", "Toe": "{}Toe",
}  # fmt: skip
UNREAL = {
    "Hips": "pelvis", "Spine": "spine_01", "Chest": "spine_02", "Neck": "neck_01", "Head": "head",
    "Collar": "clavicle_{}", "Arm": "upperarm_{}", "ForeArm": "lowerarm_{}", "Hand": "hand_{}",
    "UpLeg": "thigh_{}", "Leg": "calf_{}", "Foot": "foot_{}", "Toe": "ball_{}",
}  # fmt: skip
SMPL = {
    "Hips": "Pelvis", "Spine": "Spine1", "Chest": "Spine2", "Neck": "Neck", "Head": "Head",
    "Collar": "{}_Collar", "Arm": "{}_Shoulder", "ForeArm": "{}_Elbow", "Hand": "{}_Wrist",
    "UpLeg": "{}_Hip", "Leg": "{}_Knee", "Foot": "{}_Ankle", "Toe": "{}_Foot",
}  # fmt: skip
SIDES = {"Mixamo": ("Left", "Right"), "Unreal": ("l", "r"), "SMPL": ("L", "R")}

# Name, children: offsets in centimetres of a man with level arms, legs straight down.
CHILDREN = {
    "Hips": ("Spine", "LUpLeg", "RUpLeg"), "Spine": ("Chest",),
    "Chest": ("Neck", "LCollar", "RCollar"), "Neck": ("Head",),
    **{f"{s}{a}": (f"{s}{b}",) for s in "LR" for a, b in (
        ("Collar", "Arm"), ("Arm", "ForeArm"), ("ForeArm", "Hand"), ("UpLeg", "Leg"),
        ("Leg", "Foot"), ("Foot", "Toe"))},
}  # fmt: skip
OFFSETS = {
    "Hips": (0, 0, 0), "Spine": (0, 10, 0), "Chest": (0, 20, 0), "Neck": (0, 25, 0),
    "Head": (0, 10, 0), "Collar": (5, 20, 0), "Arm": (15, 0, 0), "ForeArm": (30, 0, 0),
    "Hand": (25, 0, 0), "UpLeg": (10, -5, 0), "Leg": (0, -45, 0), "Foot": (0, -40, 0),
    "Toe": (0, -5, 15),
}  # fmt: skip


def bvh_text(names, sides, frames, order="ZXY", up="y", facing=1.0, scale=1.0,
             offsets=OFFSETS):  # fmt: skip
    """frames: one {bone: {axis: degrees}} a frame, "Hips" also with a "position" in centimetres.

    up="z": the same man in a world whose z is up. facing=-1: at rest he looks backwards.
    """
    side_of = dict(zip("LR", sides, strict=True))
    lines, channels = ["HIERARCHY"], []

    def place(vector):
        x, y, z = (scale * value for value in vector)
        x, z = facing * x, facing * z
        return (x, y, z) if up == "y" else (x, -z, y)

    def write(bone, depth):
        part = bone[1:] if bone[0] in "LR" and bone[1:] in OFFSETS else bone
        offset = np.array(offsets[part], float)
        if bone.startswith("R"):
            offset[0] *= -1
        name = names[part].format(side_of.get(bone[0], ""))
        pad = "\t" * depth
        kinds = [f"{axis}rotation" for axis in order]
        if depth == 0:
            kinds = ["Xposition", "Yposition", "Zposition", *kinds]
        channels.append((bone, kinds))
        lines.extend(
            [
                f"{pad}{'JOINT' if depth else 'ROOT'} {name}",
                f"{pad}{{",
                f"{pad}\tOFFSET {' '.join(map(str, place(offset)))}",
                f"{pad}\tCHANNELS {len(kinds)} {' '.join(kinds)}",
            ]
        )
        for child in CHILDREN.get(bone, ()):
            write(child, depth + 1)
        if bone not in CHILDREN:
            lines.extend([f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET 1 2 3", f"{pad}\t}}"])
        lines.append(f"{pad}}}")

    write("Hips", 0)
    lines += ["MOTION", f"Frames: {len(frames)}", "Frame Time: 0.0083333"]
    for frame in frames:
        row = []
        for bone, kinds in channels:
            turns = frame.get(bone, {})
            position = place(turns.get("position", (0, 100, 0)))
            for kind in kinds:
                axis = kind[0]
                row.append(
                    position["XYZ".index(axis)] if "position" in kind else turns.get(axis, 0)
                )
        lines.append(" ".join(f"{value:.6f}" for value in row))
    return "\n".join(lines) + "\n"


def read_bvh_text(tmp_path, text):
    path = tmp_path / "motion.bvh"
    path.write_text(text)
    return read_motion(path)


REST_DIRECTIONS = dict(
    left_shoulder__left_elbow=X, left_elbow__left_wrist=X, right_shoulder__right_elbow=-X,
    left_hip__left_knee=-Y, left_knee__left_ankle=-Y, right_hip__right_knee=-Y,
    right_knee__right_ankle=-Y,
)  # fmt: skip


@pytest.mark.parametrize("names, sides", [
    (MIXAMO, ("Left", "Right")), (PLAIN, ("Left", "Right")), (UNREAL, ("l", "r")),
    (SMPL, ("L", "R")),
])  # fmt: skip
def test_bvh_limbs_point_where_the_file_says(tmp_path, names, sides):
    frames = [
        {},
        {"LArm": {"Z": 90}, "LLeg": {"X": 90}, "RForeArm": {"Y": 90}},
        {"Hips": {"Y": 90}, "LArm": {"Z": 90}, "RUpLeg": {"X": -90}},
    ]
    motion = read_bvh_text(tmp_path, bvh_text(names, sides, frames))
    assert motion.fps == pytest.approx(120, rel=1e-3)
    assert_directions(motion, 0, **REST_DIRECTIONS)
    bent = dict(left_shoulder__left_elbow=Y, left_elbow__left_wrist=Y, left_hip__left_knee=-Y,
                left_knee__left_ankle=-Z, right_shoulder__right_elbow=-X,
                right_elbow__right_wrist=Z)  # fmt: skip
    assert_directions(motion, 1, **bent)
    # Turned to face +x: what pointed along x points along -z, what pointed along z along x.
    turned = dict(left_shoulder__left_elbow=Y, right_shoulder__right_elbow=Z,
                  right_hip__right_knee=X, right_knee__right_ankle=X,
                  left_hip__left_knee=-Y)  # fmt: skip
    assert_directions(motion, 2, **turned)


def test_bvh_rotations_apply_in_the_order_of_the_channels(tmp_path):
    frames = [{"LArm": {"Y": 90, "Z": 90}}]
    for order, expected in (("ZXY", -Z), ("YXZ", Y)):
        motion = read_bvh_text(tmp_path, bvh_text(MIXAMO, ("Left", "Right"), frames, order))
        assert_directions(motion, 0, left_shoulder__left_elbow=expected)


def test_bvh_path_is_scaled_by_the_legs_and_set_on_the_floor(tmp_path):
    frames = [{"Hips": {"position": (100 * i, 250, 40)}} for i in range(3)]
    motions = [
        read_bvh_text(tmp_path, bvh_text(MIXAMO, ("Left", "Right"), frames, scale=scale))
        for scale in (1.0, 0.02)
    ]
    legs = sum(
        np.linalg.norm(REST[JOINT[f"left_{b}"]] - REST[JOINT[f"left_{a}"]])
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    )
    for motion in motions:
        np.testing.assert_allclose(np.diff(motion.trans[:, 0]), 100 * legs / 85, rtol=1e-4)
        np.testing.assert_allclose(clearance(joints_of(motion)).min(axis=1), 0, atol=1e-5)
        np.testing.assert_allclose(np.diff(motion.trans[:, 1:], axis=0), 0, atol=1e-5)


def test_bvh_worlds_with_z_up_and_rests_that_look_back(tmp_path):
    plain = read_bvh_text(tmp_path, bvh_text(MIXAMO, ("Left", "Right"), [{"LArm": {"Z": 60}}]))
    z_up = read_bvh_text(
        tmp_path, bvh_text(MIXAMO, ("Left", "Right"), [{"LArm": {"Y": -60}}], up="z")
    )
    # Turned half round, the left arm lies along -x: lifting it is a turn about -z.
    back = read_bvh_text(
        tmp_path, bvh_text(MIXAMO, ("Left", "Right"), [{"LArm": {"Z": -60}}], facing=-1.0)
    )
    arm = np.array([0.5, np.sqrt(0.75), 0])
    assert_directions(plain, 0, left_shoulder__left_elbow=arm)
    assert_directions(z_up, 0, left_shoulder__left_elbow=arm, left_hip__left_knee=-Y)
    assert_directions(back, 0, left_shoulder__left_elbow=arm * [-1, 1, 1])
    np.testing.assert_allclose(z_up.poses, plain.poses, atol=1e-5)
    np.testing.assert_allclose(back.poses[:, 1:], plain.poses[:, 1:], atol=1e-5)


def test_bvh_rests_with_hanging_arms_mean_the_same(tmp_path):
    level = bvh_text(MIXAMO, ("Left", "Right"), [{"LArm": {"Z": -90}, "RArm": {"Z": 90}}, {}])
    hanging = OFFSETS | {"ForeArm": (0, -30, 0), "Hand": (0, -25, 0)}
    raised = {"LArm": {"Z": 90}, "RArm": {"Z": -90}}
    down = bvh_text(MIXAMO, ("Left", "Right"), [{}, raised], offsets=hanging)
    expected, motion = read_bvh_text(tmp_path, level), read_bvh_text(tmp_path, down)
    assert_directions(motion, 0, left_shoulder__left_elbow=-Y, right_elbow__right_wrist=-Y)
    assert_directions(motion, 1, left_shoulder__left_elbow=X, right_elbow__right_wrist=-X)
    # Not only the bones but their twist: palms that face down when level face the thighs.
    angle = geodesic_angle(axis_angle_to_matrix(motion.poses), axis_angle_to_matrix(expected.poses))
    assert np.degrees(angle).max() < 7


def test_bvh_spine_and_head_turn_with_the_file(tmp_path):
    frames = [{}, {"Spine": {"X": 20}, "Chest": {"X": 20}, "Head": {"Y": 30}}]
    motion = read_bvh_text(tmp_path, bvh_text(MIXAMO, ("Left", "Right"), frames))
    _, turns = forward_kinematics(motion.poses, REST, motion.trans)
    turned = np.swapaxes(turns[0], -1, -2) @ turns[1]
    angle = np.degrees(np.linalg.norm(motion.poses[1] - motion.poses[0], axis=-1))
    lean = geodesic_angle(np.eye(3), turned[[JOINT["spine1"], JOINT["spine2"], JOINT["spine3"]]])
    np.testing.assert_allclose(np.degrees(lean), [20, 30, 40], atol=1e-3)
    assert angle[JOINT["head"]] == pytest.approx(30, abs=1e-3)


def test_a_bvh_of_something_else_is_refused(tmp_path):
    text = bvh_text(MIXAMO, ("Left", "Right"), [{}])
    with pytest.raises(OneTakeError, match="left hip") as caught:
        read_bvh_text(tmp_path, text.replace("LeftUpLeg", "FrontPaw"))
    assert caught.value.code == "unknown_skeleton"
    for broken in (
        text.replace("Frames: 1", "Frames: 2"),
        text[:-20],
        text.replace("OFFSET", "OF"),
    ):
        with pytest.raises(OneTakeError):
            read_bvh_text(tmp_path, broken)


# ASF and AMC

ASF = """# a man of inches
:version 1.10
:name VICON
:units
  mass 1.0
  length 0.45
  angle deg
:documentation
   made by hand
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
{bones}
:hierarchy
  begin
    root lhipjoint rhipjoint lowerback
    lhipjoint lfemur
    lfemur ltibia
    ltibia lfoot
    lfoot ltoes
    rhipjoint rfemur
    rfemur rtibia
    rtibia rfoot
    rfoot rtoes
    lowerback thorax
    thorax lowerneck lclavicle rclavicle
    lowerneck head
    lclavicle lhumerus
    lhumerus lradius
    lradius lwrist
    lwrist lhand
    rclavicle rhumerus
    rhumerus rradius
    rradius rwrist
    rwrist rhand
  end
"""
# Name, direction, length, axis, dof.
BONES = [
    *((name, (0, 1, 0), length, (0, 0, 0), "rx ry rz")
      for name, length in (("lowerback", 3), ("thorax", 3), ("lowerneck", 2), ("head", 2))),
    *((f"{s}{name}", (sign * x, y, z), length, (0, 0, sign * tilt), dof)
      for s, sign in (("l", 1), ("r", -1))
      for name, (x, y, z), length, tilt, dof in (
          ("hipjoint", (0.6, -0.8, 0), 2, 0, ""), ("femur", (0.6, -0.8, 0), 7, 30, "rx ry rz"),
          ("tibia", (0.6, -0.8, 0), 7, 90, "rx"), ("foot", (0, -0.2425, 0.9701), 2, 0, "rx rz"),
          ("toes", (0, 0, 1), 1, 0, "rx"), ("clavicle", (1, 0, 0), 3, 0, "ry rz"),
          ("humerus", (1, 0, 0), 5, 90, "rx ry rz"), ("radius", (1, 0, 0), 3, 90, "rx"),
          ("wrist", (1, 0, 0), 1.5, 0, "ry"), ("hand", (1, 0, 0), 1, 0, "rz rx"))),
]  # fmt: skip


def write_acclaim(folder, frames, name="07_01", asf="07"):
    """frames: one {bone: numbers} a frame; others are 0."""
    blocks = []
    for number, (bone, way, length, axis, dof) in enumerate(BONES, 1):
        limits = f"    dof {dof}\n    limits (-180.0 180.0)\n" if dof else ""
        blocks.append(
            f"  begin\n    id {number}\n    name {bone}\n    direction {' '.join(map(str, way))}\n"
            f"    length {length}\n    axis {' '.join(map(str, axis))} XYZ\n{limits}  end"
        )
    (folder / f"{asf}.asf").write_text(ASF.format(bones="\n".join(blocks)))
    lines = ["#!OML:ASF", ":FULLY-SPECIFIED", ":DEGREES"]
    for number, frame in enumerate(frames, 1):
        lines += [str(number), "root " + " ".join(map(str, frame.get("root", (0, 17, 0, 0, 0, 0))))]
        for bone, *_, dof in BONES:
            if dof:
                values = frame.get(bone, (0,) * len(dof.split()))
                lines.append(f"{bone} " + " ".join(map(str, values)))
    path = folder / f"{name}.amc"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_acclaim_limbs_point_where_the_file_says(tmp_path):
    s = np.sqrt(0.5)
    path = write_acclaim(tmp_path, [
        {},
        # About its own x axis, which its axis of 90 degrees about z makes the world's y.
        {"lhumerus": (90, 0, 0), "rtibia": (180,)},
        # x first, then y, then z (here all in axes turned by 90 degrees about z).
        {"lhumerus": (0, 90, 90)},
        {"root": (0, 17, 0, 0, 90, 0), "thorax": (0, 0, 45)},
        {"root": (0, 17, 0, 90, 90, 0)},
    ])  # fmt: skip
    motion = read_motion(path)
    assert motion.fps == 120
    leg = np.array([0.6, -0.8, 0])
    assert_directions(motion, 0, left_shoulder__left_elbow=X, left_elbow__left_wrist=X,
                      left_hip__left_knee=leg, left_knee__left_ankle=leg,
                      right_hip__right_knee=leg * [-1, 1, 1])  # fmt: skip
    assert_directions(motion, 1, left_shoulder__left_elbow=-Z, left_elbow__left_wrist=-Z,
                      right_hip__right_knee=leg * [-1, 1, 1])  # fmt: skip
    # The right shin's own x is the world's -y (its axis is -90 degrees about z): half round that.
    assert_directions(motion, 1, right_knee__right_ankle=np.array([0.6, -0.8, 0]))
    # The arm lies along minus its own y: y leaves it, z turns it to its own x, the world's y.
    assert_directions(motion, 2, left_shoulder__left_elbow=Y)
    assert_directions(motion, 3, left_hip__left_knee=np.array([0, -0.8, -0.6]),
                      left_shoulder__left_elbow=np.array([0, s, -s]))  # fmt: skip
    # x first: legs that point down point along -z, then y turns that to -x.
    assert_directions(motion, 4, left_hip__left_knee=np.array([-0.8, 0, -0.6]))


def test_acclaim_forearm_twist_is_shared_and_hands_turn(tmp_path):
    motion = read_motion(
        write_acclaim(tmp_path, [{}, {"rwrist": (0,), "lwrist": (40,)}, {"lhand": (0, 30)}])
    )
    turned = geodesic_angle(
        axis_angle_to_matrix(motion.poses[0]), axis_angle_to_matrix(motion.poses[1:])
    )
    degrees = np.degrees(turned)
    assert degrees[0, JOINT["left_elbow"]] == pytest.approx(20, abs=1e-3)
    assert degrees[0, JOINT["left_wrist"]] == pytest.approx(20, abs=1e-3)
    assert degrees[1, JOINT["left_wrist"]] == pytest.approx(30, abs=1e-3)
    assert degrees[1, JOINT["left_elbow"]] == pytest.approx(0, abs=1e-3)


def test_an_axis_without_an_order_is_xyz(tmp_path):
    frames = [{"lhumerus": (30, 20, 10), "ltibia": (50,)}]
    path = write_acclaim(tmp_path, frames)
    named = read_motion(path)
    skeleton = tmp_path / "07.asf"
    text = skeleton.read_text()
    head, bones = text.split(":bonedata")
    skeleton.write_text(head + ":bonedata" + bones.replace(" XYZ", ""))
    np.testing.assert_array_equal(read_motion(path).poses, named.poses)


def test_the_skeleton_beside_a_motion_is_found(tmp_path):
    path = write_acclaim(tmp_path, [{}])
    (tmp_path / "08.asf").write_text("another")
    read_motion(path)
    (tmp_path / "07.asf").rename(tmp_path / "09.asf")
    with pytest.raises(OneTakeError) as caught:
        read_motion(path)
    assert caught.value.code == "no_skeleton"
    (tmp_path / "08.asf").unlink()
    read_motion(path)
    text = path.read_text()
    for broken in (text.replace("lradius 0", "lradius 0 0"), text.replace("lhand", "paw"),
                   text.rsplit("\n", 4)[0], text.replace("lradius 0", "lradius nan")):  # fmt: skip
        path.write_text(broken)
        with pytest.raises(OneTakeError, match=r"07_01\.amc"):
            read_motion(path)


# Trees of files


@pytest.fixture
def tree(tmp_path):
    subjects = [f"s{i}" for i in range(60)]
    for subject in subjects:
        for take in ("a", "b"):
            write_amass(tmp_path / "set" / subject / f"{take}_poses.npz", *standing(12), fps=120.0)
    np.savez(tmp_path / "set" / "s0" / "shape.npz", betas=np.zeros(16))
    return tmp_path, subjects


def test_a_tree_is_split_by_subject(tree):
    folder, subjects = tree
    found = {split: MotionLibrary.open(folder, split).motions for split in ("train", "val", "test")}
    keys = {split: {m.key for m in motions} for split, motions in found.items()}
    assert {s: {k.split("/")[1] for k in keys[s]} for s in keys} == {
        split: {s for s in subjects if split_of(s) == split} for split in keys
    }
    assert all(
        len(keys[split]) == 2 * len({k.split("/")[1] for k in keys[split]}) for split in keys
    )
    assert sum(map(len, keys.values())) == 120
    assert "set/s0/a_poses.npz" in set.union(*keys.values())
    assert found["train"][0].fps == 30 and len(found["train"][0].poses) == 3


def test_a_bad_file_in_a_tree_is_named(tree):
    folder, subjects = tree
    subject = next(s for s in subjects if split_of(s) == "train")
    (folder / "set" / subject / "c.bvh").write_text("nothing")
    with pytest.raises(OneTakeError, match=r"c\.bvh"):
        MotionLibrary.open(folder, "train")
    MotionLibrary.open(folder, "val")
