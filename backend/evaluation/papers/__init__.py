"""`benchmark --papers`: each paper's ablation, trained and measured alike, beside its own table."""
