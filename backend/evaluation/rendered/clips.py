"""The clips of the benchmark: motion that nothing is trained on, each with everything about it.

A change of one clip renders that clip again and no other.
"""

from .clips_cmu import CMU
from .clips_hdm05 import HDM05

CLIPS = (*CMU, *HDM05)
