"""Retarget: a character's motion on any humanoid rig."""
