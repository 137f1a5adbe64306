"""Rendered pairs: captured motion, and what BlazePose reports of it, clip by clip."""

from .shards import FIELDS, read_pictures, read_shards, shard_path, silhouettes, write_shards

__all__ = [
    "FIELDS", "read_pictures", "read_shards", "shard_path", "silhouettes", "write_shards",
]  # fmt: skip
