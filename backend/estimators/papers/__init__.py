"""Five papers' systems, a module each, on what BlazePose's networks see.

`sru_attention` (Sun et al., "Adversarial learning enhancement for 3D human pose and shape
estimation"), `multimodal_depth` (Zhou et al., "Adversarial 3D human pose estimation via multimodal
depth supervision"), `joint_gru` (the decomposed motion prior), `hybrid` (Pittner and Starlinger, "A
hybrid method for 3D human pose estimation") and `temporal_lifter` (Varga and Véges, "Exploiting
temporal context in 2D to 3D human pose regression"). What they share is beside them; how they are
trained is in `backend.training.papers`.
"""
