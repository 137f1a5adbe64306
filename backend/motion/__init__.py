"""The numpy-only core that the backend and the Blender add-on share.

Nothing here imports torch, OpenCV or bpy, and imports inside this package are relative, so that
the add-on can load it under whatever package name Blender gives the extension.
"""
