"""Why Blender could not write a file, in the system's words."""

import re


def reason(error: OSError | RuntimeError) -> str:
    """Of the many lines of an operator's error, the one that says it, without its Python."""
    if getattr(error, "strerror", None):
        return error.strerror
    lines = [line for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Location:")] or ["no reason is given"]
    return re.sub(r"^(\w*Error: )*(\[Errno \d+\] )?", "", lines[-1].strip()).rstrip(".")
