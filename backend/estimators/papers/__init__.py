"""What the estimators of the five papers are made of: encoders over time, and regressors.

Each part is a paper's own (or that of the work it builds on), written once, whoever uses it; what
is only trained with (losses, discriminators) is in `backend.training.papers`.
"""
