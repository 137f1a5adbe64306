"""`measure`: one command that prints every figure OneTake claims, from the clips and from nothing.

A part is a module with `measure(session) -> list[Table]`; `command.PARTS` lists them.
"""
