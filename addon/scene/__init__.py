"""From a take to a character in a scene: armature, skinned body, key frames, camera."""
