"""What the presets say of themselves."""

PRESETS = {
    # Smoothing
    "A light touch: takes the shiver off and leaves everything else.":
        "Ganz leicht: nimmt das Zittern weg und lässt alles andere.",
    "As the default, with wrists and hands, the noisiest joints, held calmer.":
        "Wie die Vorgabe, mit ruhigeren Handgelenken und Händen, die am meisten zittern.",
    "Kicks, throws, jumps and falls: speed comes first.":
        "Tritte, Würfe, Sprünge und Stürze: Tempo geht vor.",
    "Quick turns and held poses: still when it rests, quick when it moves.":
        "Schnelle Drehungen und gehaltene Posen: ruhig im Stand, flink in der Bewegung.",
    "The defaults: people who walk, gesture and dance, filmed at 24 to 60 frames a second.":
        "Die Vorgaben: Menschen, die gehen, gestikulieren und tanzen, mit 24 bis 60 Bildern in "
        "der Sekunde gefilmt.",
    "Walking, standing, talking: calm limbs, feet a little crisper.":
        "Gehen, Stehen, Reden: ruhige Glieder, etwas knackigere Füße.",
    # Retarget
    "Auto-Rig Pro's humanoid export: root.x, spine_01.x, thigh_stretch.l and so on":
        "Humanoid-Export von Auto-Rig Pro: root.x, spine_01.x, thigh_stretch.l und so weiter",
    "CMU's motion capture as BVH: Hips, LowerBack, LeftUpLeg; MakeHuman's cmu_mb too":
        "Motion-Capture der CMU als BVH: Hips, LowerBack, LeftUpLeg; auch cmu_mb von MakeHuman",
    "Godot's SkeletonProfileHumanoid": "SkeletonProfileHumanoid von Godot",
    "MakeHuman's (MPFB) Rigify metarig, before Generate Rig":
        "Rigify-Metarig von MakeHuman (MPFB), vor Generate Rig",
    "MetaHuman body: the mannequin's bones, with its own metacarpals and correctives left alone":
        "MetaHuman-Körper: die Knochen des Mannequins; eigene Mittelhand- und "
        "Korrekturknochen bleiben unberührt",
    "Rigify's generated human, arms and legs on FK: the switches are set":
        "Generierter Mensch von Rigify, Arme und Beine auf FK: die Schalter werden gestellt",
    "Rigify's generated human, arms and legs on IK with poles; FK is keyed along, to switch "
    "at will":
        "Generierter Mensch von Rigify, Arme und Beine auf IK mit Polen; FK bekommt auch "
        "Schlüsselbilder, zum Umschalten",
    "Rigify's human metarig, before Generate Rig":
        "Metarig des Menschen von Rigify, vor Generate Rig",
    "Unity Humanoid: bones named as the avatar's parts (LeftUpperArm)":
        "Unity Humanoid: Knochen heißen wie die Teile des Avatars (LeftUpperArm)",
    "Unreal Engine 5 Manny and Quinn; UE4 mannequins and MakeHuman's game engine rig too":
        "Manny und Quinn der Unreal Engine 5; auch UE4-Mannequins und das Game-Engine-Rig von"
        " MakeHuman",
    "Adobe Mixamo: mixamorig:Hips and so on": "Adobe Mixamo: mixamorig:Hips und so weiter",
    "Reallusion Character Creator and AccuRig: CC_Base_Hip and so on":
        "Reallusion Character Creator und AccuRig: CC_Base_Hip und so weiter",
    "SMPL-X and SMPL-H, as their Blender add-ons name the bones":
        "SMPL-X und SMPL-H, mit den Knochennamen ihrer Blender-Add-ons",
    "VRM as VRoid Studio writes it: J_Bip_C_Hips and so on":
        "VRM, wie VRoid Studio es schreibt: J_Bip_C_Hips und so weiter",
    # Export
    "FBX with the names of UE5's mannequin, in centimetres, a root bone with the way over the"
    " ground, and a T-pose: for the IK Retargeter":
        "FBX mit den Namen des UE5-Mannequins, in Zentimetern, mit Wurzelknochen für den Weg "
        "über den Boden und T-Pose: für den IK Retargeter",
    "FBX with the names of Unity's Humanoid and a T-pose, in metres, without turned nodes":
        "FBX mit den Namen von Unitys Humanoid und T-Pose, in Metern, ohne gedrehte Knoten",
    "SMPL's names and rest, one take, one key a frame":
        "Namen und Ruhepose von SMPL, ein Take, ein Schlüsselbild je Bild",
    "The skin's points at every frame, without a skeleton":
        "Die Punkte der Haut in jedem Bild, ohne Skelett",
    "FBX with names and rests of SkeletonProfileHumanoid, and Root with the way over the ground":
        "FBX mit Namen und Ruheposen von SkeletonProfileHumanoid, und Root mit dem Weg über "
        "den Boden",
    "One file with mesh, materials, skeleton and animation, for the web and most programs":
        "Eine Datei mit Mesh, Materialien, Skelett und Animation, für das Web und die meisten"
        " Programme",
    "SMPL-H poses, z up, as in the AMASS archive": "SMPL-H-Posen, z nach oben, wie im Archiv AMASS",
    "Skeleton, skin and animation as UsdSkel": "Skelett, Haut und Animation als UsdSkel",
    "The motion alone, in centimetres, y up: for MotionBuilder, iClone, DAZ and mocap libraries":
        "Nur die Bewegung, in Zentimetern, y nach oben: für MotionBuilder, iClone, DAZ und "
        "Mocap-Bibliotheken",
}  # fmt: skip
