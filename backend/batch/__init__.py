"""Folders of clips: each converted by a process of its own, several at a time.

`convert` comes here when it is given a folder or more than one video. What is done is told by the
record beside each clip's results (`record`), so that a run that was killed goes on where it was.
"""

from .command import add_options, is_batch, run

__all__ = ["add_options", "is_batch", "run"]
