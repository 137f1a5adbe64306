"""OneTake's estimator process: video in, takes out. Never imports bpy."""

__version__ = "0.1.0"
