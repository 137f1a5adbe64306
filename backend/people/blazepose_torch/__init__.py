"""BlazePose's two networks under torch, for a GPU: all regions of a picture in one batch."""

from .detector import TorchBlazePose

__all__ = ["TorchBlazePose"]
