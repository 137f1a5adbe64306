"""The backend as a process of Blender's: where it is, what it says, what waits for it."""
