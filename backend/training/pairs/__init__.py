"""Rendered pairs: captured motion, and what BlazePose reports of it, clip by clip."""

from .shards import FIELDS, read_shards, shard_path, write_shards

__all__ = ["FIELDS", "read_shards", "shard_path", "write_shards"]
