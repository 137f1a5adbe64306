"""Makes the Python environments OneTake runs in and starts commands in them.

Standard library only, and readable by Python 3.8: whatever Python a user has must get far enough
to find a fitting one, or to say which to install.
"""
