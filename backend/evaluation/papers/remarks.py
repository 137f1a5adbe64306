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
what can be compared is the way from one row to the next."""

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
        "does not agree so far: PA-MPJPE 2.4 mm worse, where the paper has 0.7 better. One "
        "seed and 400 steps: the attention's weights begin even and have hardly left that "
        "(picture below)."
    ),
    ("sru_attention", "+ GCN discriminator"): (
        "agrees in direction: 0.7 mm of PA-MPJPE and 0.8 of MPJPE better than the row before "
        "(the paper: 0.5 and 1.3), in MPJPE better than the first row too, in PA-MPJPE not. "
        "Figure 4 agrees: the generator's loss stays at 0.19, the discriminator does not "
        "saturate."
    ),
    ("sru_attention", "+ smoothing, eq. 8-12 as printed"): (
        "does not agree: the axis of a rotation flips where its angle passes 0 or pi, and the"
        " filter drags the limb through the flip; acceleration errors double."
    ),
    ("sru_attention", "+ smoothing"): (
        "agrees, and by more than in the paper: with flips made impossible the acceleration "
        "error falls by two thirds, PA-MPJPE by 0.6 mm, and 98 % of the swing stays."
    ),
    ("multimodal_depth", "Final: both, and the critic"): (
        "does not agree: MPJPE 4 % worse on these clips. On validation, drawn as the training"
        " pictures are, it is 1.0 mm better in PA-MPJPE: what the branches learn of depth "
        "from 742 people does not carry to pictures drawn otherwise."
    ),
    ("joint_gru", "+ separate encoders"): (
        "half: the acceleration error falls by 54 % (the paper: 22 %), and PA-MPJPE rises by "
        "4 mm, not 16. Features and heads were learnt before, so the encoders have little to "
        "destroy."
    ),
    ("joint_gru", "+ L_reg"): (
        "does not agree so far: no difference to the row before within one seed. Here the "
        "heads know the frozen features already, and half of the steps are few to drift away "
        "in."
    ),
    ("hybrid", "both"): (
        "agrees in the silhouettes, 15 % nearer, and not in the key points, which the paper "
        "has better too. Without a critic people fold up to fill the outline: 19 % of angles "
        "are beyond what anybody reaches."
    ),
    ("hybrid", "both, critic"): (
        "agrees in what the critic is for: odd angles fall from 19 to 3 %. Silhouettes are 21"
        " % nearer than with key points alone, key points 16 % further off."
    ),
    ("temporal_lifter", "Full: outliers removed"): (
        "does not agree: the error is 16 % larger, the acceleration error a quarter. The "
        "terms on first and second differences pull towards rest, and after 400 steps the "
        "eight frames have not yet learnt what single frames have; validation was still "
        "falling."
    ),
}
