"""What is said of the tables: by people who have looked at them, not by the program."""

TITLES = {
    "sru_attention": "Adversarial learning enhancement (Sun et al.)",
    "multimodal_depth": "Multimodal depth supervision (Zhou et al.)",
    "joint_gru": "Decomposed motion prior",
    "hybrid": "A hybrid method (Pittner and Starlinger)",
    "temporal_lifter": "Temporal context (Varga and Véges)",
}

INTRODUCTION = """# Five papers on one benchmark

`python3 onetake.py benchmark --papers --pairs PAIRS` trains each row of each paper's ablation on
the same rendered pairs and the same small budget, measures its network on the benchmark's rendered
clips (motion of the test split, drawn by Cycles), and writes this page. Twelve limb joints, about
the hips, before any world, floor or foot lock. Where a row has several runs, the figure is the mean
over seeds ± their standard deviation. The papers' own figures are of other data and other sizes:
what can be compared is the way from one row to the next. 33 of the 44
runs were measured while people's regions were rounded to a coarser grid than now, 11 to none: that
moves errors by half a millimetre, and accelerations by up to a tenth."""

NOTES: dict[str, str] = {
    "sru_attention": (
        "VIBE's sizes, a quarter as wide. The paper's figures: MPJPE / PA-MPJPE / "
        "acceleration error, 3DPW."
    ),
    "multimodal_depth": ("The paper's figures: MPJPE, mm."),
    "joint_gru": (
        "The features f_i, PARE's in the paper, are learnt of single frames in the first half"
        " of the steps and frozen then; of the first row in all steps. The paper's figures: "
        "PA-MPJPE / MPJPE / acceleration / its error, MPI-INF-3DHP."
    ),
    "hybrid": (
        "No 3D is learnt from. Key points: 24 joints, the sum of x and y, of the 256 pixels "
        "of BlazePose's crop; silhouettes: root of the mean squared distance. Odd angles: "
        "joints turned further than captured people turn them, on validation. The paper's "
        "figures: key points / silhouettes."
    ),
    "temporal_lifter": (
        "The paper's width of 4096, 134 M parameters, is 384 here. The paper's figures: mean "
        "error, mm."
    ),
}
PICTURES: dict[str, tuple[str, ...]] = {
    "sru_attention": (
        "![The generator's adversarial loss](images/papers-adversarial.png)",
        "![Attention over a window of frames](images/papers-attention.png)",
    ),
}
# By paper and row: whether it agrees with the paper, and why we think so.
REMARKS: dict[tuple[str, str], str] = {
    ("sru_attention", "GRU + VIBE's motion discriminator"): (
        "the baseline. Its discriminator begins to win: the generator's loss climbs from 0.2 "
        "to 0.33 in 400 steps, on its way to the 0.5 of the paper's figure 4."
    ),
    ("sru_attention", "SRU + attention"): (
        "does not agree: PA-MPJPE 2.4 mm worse than the same seed's GRU, where the paper has 0.7 "
        "better. After 400 steps the attention's weights, which begin even, have hardly left that "
        "(picture below)."
    ),
    ("sru_attention", "+ GCN discriminator"): (
        "half: MPJPE 1.0 mm better than the first row over three seeds, PA-MPJPE 0.4 worse, both "
        "within what seeds do. Figure 4 agrees: the generator's loss stays at 0.19, the "
        "discriminator does not saturate."
    ),
    ("sru_attention", "+ smoothing, eq. 8-12 as printed"): (
        "does not agree: the axis of a rotation flips where its angle passes 0 or pi, and the"
        " filter drags the limb through the flip; acceleration errors double."
    ),
    ("sru_attention", "+ smoothing"): (
        "agrees, and by more than in the paper: with flips made impossible the acceleration "
        "error falls by two thirds, PA-MPJPE by 0.6 mm, and 98 % of the swing stays."
    ),
    ("multimodal_depth", "+ coarse 3D pose"): (
        "does not agree here: MPJPE 1 % worse. On validation, drawn as the training pictures are, "
        "0.8 mm of PA-MPJPE better than the same seed's base."
    ),
    ("multimodal_depth", "+ FBI"): (
        "does not agree here: MPJPE 3 % worse, and bones that point forward in one frame and back "
        "in the next: the acceleration error rises by a third. On validation 1.1 mm of PA-MPJPE "
        "better."
    ),
    ("multimodal_depth", "Final: both, and the critic"): (
        "does not agree: MPJPE 4 % worse on these clips, beyond what seeds do. On validation it is "
        "1.5 mm better in PA-MPJPE over three seeds: what the branches learn of depth from 742 "
        "people does not carry to pictures drawn otherwise."
    ),
    ("joint_gru", "+ separate encoders"): (
        "half: the acceleration error falls by 54 % (the paper: 22 %), and PA-MPJPE rises by "
        "4 mm against the same seed, not 16. Features and heads were learnt before, so the "
        "encoders have little to destroy."
    ),
    ("joint_gru", "+ L_reg"): (
        "half: over three seeds 53 % less acceleration error than single frames, at 4.5 mm more "
        "PA-MPJPE. Against the row before (one seed: 99.0 and 99.5 mm) it makes no difference: the "
        "heads know the frozen features already, and half of the steps are few to drift away in."
    ),
    ("hybrid", "silhouettes"): (
        "agrees: outlines alone tell nothing of limbs, key points are twice as far off, and 15 % "
        "of angles are beyond what anybody reaches."
    ),
    ("hybrid", "both"): (
        "agrees: silhouettes 25 % nearer than with key points alone, key points no worse. Without "
        "a critic people fold up to fill the outline: 19 % of angles are odd."
    ),
    ("hybrid", "key points, critic"): (
        "agrees: key points as before, odd angles from 6 to 2 %; and joints 8 mm of PA-MPJPE "
        "nearer, which no 3D truth has taught."
    ),
    ("hybrid", "silhouettes, critic"): (
        "agrees: the worst outlines of all, of people who are at least human."
    ),
    ("hybrid", "both, critic without joint rotations"): (
        "agrees with figure 4: 17 % of angles are odd, against 2 % with rotations."
    ),
    ("hybrid", "both, critic"): (
        "agrees: silhouettes 21 % nearer than with key points alone, key points 3 % nearer, odd "
        "angles from 6 to 2 %. Outlines must weigh little: at ten times the weight key points were "
        "16 % further off and outlines no nearer."
    ),
    ("temporal_lifter", "Temporal: 8 frames"): (
        "half: errors are those of single frames, with 70 % less acceleration error."
    ),
    ("temporal_lifter", "+ smoothness terms"): (
        "does not agree: 16 % worse. The terms pull towards rest, not to the true motion; at the "
        "paper's weights, found on Human3.6M's calm actions, a fifth of the swing of our runners "
        "and boxers goes."
    ),
    ("temporal_lifter", "+ limb length term"): (
        "does not agree within 400 steps: 4 % worse; validation was still falling."
    ),
    ("temporal_lifter", "+ both"): "does not agree, as the smoothness terms alone.",
    ("temporal_lifter", "+ input smoothing"): (
        "hardly any difference, 8 % less acceleration error: eight frames smooth already."
    ),
    ("temporal_lifter", "Full: outliers removed"): (
        "does not agree: the error is 18 % larger over three seeds, the acceleration error a "
        "quarter, for the smoothness terms' sake."
    ),
}
