"""`blender --command onetake …` for a Blender without the extension, from the repository.

blender --background --python addon/headless_command.py -- convert CLIPS --output RESULTS
python addon/headless_command.py convert CLIPS --output RESULTS    with the bpy wheel's Python
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from headless import leave, load_package

if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    load_package()
    from onetake.addon.command_line import execute

    leave(execute(arguments))
