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

NOTES: dict[str, str] = {}
PICTURES: dict[str, tuple[str, ...]] = {
    "sru_attention": (
        "![The generator's adversarial loss](images/papers-adversarial.png)",
        "![Attention over a window of frames](images/papers-attention.png)",
    ),
}
# By paper and row: whether it agrees with the paper, and why we think so.
REMARKS: dict[tuple[str, str], str] = {}
