"""Blender's window: a hand on the mouse, an eye on the screen, and an ear inside."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from tests.gui.machine import Machine

WIDTH, HEIGHT = 1280, 800
_BLUE = (179, 114, 71)  # of Blender's default button, BGR
_PATIENCE = 900  # seconds; a busy machine draws slowly, and to wait longer costs nothing


class Window:
    """A Blender that fills the screen of a machine. folder: the machine's /trial."""

    def __init__(self, machine: Machine, folder: Path, pictures: Path) -> None:
        self.machine, self.folder, self.pictures = machine, folder, pictures
        self.clicks = 0  # presses of a mouse button; a drag is none
        self.blender: subprocess.Popen | None = None
        screen = ("Xvfb", ":1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24")
        machine.start(*screen, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: "X1" in machine.run("sh", "-c", "ls /tmp/.X11-unix || true"), "a screen")

    def open(self, *arguments: str, variables: dict[str, str] | None = None) -> None:
        """Start Blender, and wait until it answers."""
        with (self.folder / "console.log").open("ab") as log:
            self.blender = self.machine.start(
                "env", *(f"{name}={value}" for name, value in (variables or {}).items()),
                "blender", "-p", "0", "0", WIDTH, HEIGHT, *arguments, "--python", "/trial/probe.py",
                stdout=log, stderr=log,
            )  # fmt: skip
        self.wait("draws")

    def close(self) -> None:
        """End Blender as its menu does; it may not hang."""
        self.tell("bpy.ops.wm.quit_blender()")
        self.blender.wait(_PATIENCE)

    def console(self) -> str:
        """What Blender has printed so far."""
        return (self.folder / "console.log").read_text(encoding="utf-8", errors="replace")

    # An ear inside.

    def tell(self, code: str) -> None:
        """Run Python in Blender."""
        partial = self.folder / "ask.partial"
        partial.write_text(code, encoding="utf-8")
        partial.replace(self.folder / "ask.py")

    def ask(self, code: str) -> object:
        """Run Python in Blender that calls answer(value); the value."""
        path = self.folder / "answer.json"
        self.tell(code)
        until(lambda: path.exists() or self.blender.poll() is not None, f"an answer to {code}")
        assert path.exists(), "Blender has died:\n" + self.console()[-3000:]
        said = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        assert "problem" not in said, said["problem"]
        return said["answer"]

    def wait(self, expression: str, seconds: float = _PATIENCE) -> object:
        """Until a Python expression in Blender is true; its value."""
        return until(lambda: self.ask(f"answer({expression})"), expression, seconds, self.show)

    # A hand on the mouse: x and y from the window's upper left corner.

    def move(self, x: float, y: float) -> None:
        """Move the mouse there."""
        self._hand("mousemove", int(x), int(y))

    def click(self, x: float, y: float) -> None:
        """Press and release the left button there."""
        self.clicks += 1
        self.move(x - 3, y - 3)
        self.move(x, y)
        self.settle()  # Blender has to see the mouse over a button before it is pressed
        # Let go of at once, a busy Blender sees both together and forgets the second: it turns a
        # press on a region's arrow into an event of its own that comes after them.
        self._hand("mousedown", 1)
        self.settle()
        self._hand("mouseup", 1)
        self.settle()

    def settle(self) -> None:
        """Until Blender has seen what the mouse did, however slow the machine is."""
        for _ in range(3):
            self.ask("answer(1)")

    def press(self, name: str, across: float = 0.45) -> None:
        """Click the button of the sidebar that `find` finds."""
        self.click(*self.find(name, across))

    def find(self, name: str, across: float = 0.45) -> tuple[int, int]:
        """The height of the button of the sidebar whose Python command or data path holds `name`.

        across: where on the sidebar's width to look, from 0 to 1.
        """
        x, y, width, height = self.ask("r = sidebar()[2]; answer([r.x, r.y, r.width, r.height])")
        x, hits = x + int(width * across), []
        for row in range(HEIGHT - y - height, HEIGHT - y, 8):
            self.move(x, row)
            self.settle()
            if name in self.ask("answer(under())"):
                hits.append(row)
            elif hits:
                break
        if not hits:
            self.show()
        assert hits, f"there is no {name} in the sidebar"
        return x, sum(hits) // len(hits)

    def type(self, keys: str) -> None:
        """Press keys together, "ctrl+z", with the mouse where it is."""
        self._hand("key", keys)
        self.settle()

    def confirm(self, below: int = 0) -> None:
        """Click the blue button of a dialog or of the file browser, which lies lowest.

        below: what lies further up is another, as a switch of the sidebar's that is on.
        """
        what = "a button to confirm with"
        self.click(*until(lambda: self._blue_button(below), what, otherwise=self.show))

    def _blue_button(self, below: int) -> tuple[int, int] | None:
        before = cv2.imread(str(self.show("dialog"))).astype(int)
        self.settle()  # a dialog fades in
        picture = cv2.imread(str(self.show("dialog"))).astype(int)
        if np.any(picture != before):
            return None
        blue = (np.abs(picture - _BLUE).max(2) < 12).astype(np.uint8)
        _, _, found, middles = cv2.connectedComponentsWithStats(blue)
        width, height = found[:, cv2.CC_STAT_WIDTH], found[:, cv2.CC_STAT_HEIGHT]
        sized = (width > 80) & (width < 300) & (height > 12) & (height < 30)
        buttons = middles[sized & (middles[:, 1] > below)]
        if not len(buttons):
            return None
        x, y = buttons[buttons[:, 1].argmax()]
        return int(x), int(y)

    def slide(self, x: int, y: int, pixels: int, steps: int = 6) -> None:
        """Hold the left button on a slider, and move it that far to the right."""
        self.move(x, y)
        self.settle()
        self._hand("mousedown", 1)
        for _ in range(steps):
            # Blender hides the mouse and puts it elsewhere: only how it moves counts.
            self._hand("mousemove_relative", "--", pixels // steps, 0)
            self.settle()
        self._hand("mouseup", 1)
        self.settle()

    def drop(self, path: str, x: int, y: int) -> None:
        """Drag a file out of a file manager's window and let it go there."""
        source = self.machine.start(
            "wish", "/trial/drag.tcl", path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        source.stdout.readline()  # it is shown
        try:
            # While a file hangs over it, Blender's X11 answers nobody but the one who drags.
            x0, y0 = WIDTH - 20, HEIGHT - 20
            self._hand("mousemove", x0, y0, "sleep", 0.5, "mousedown", 1, "sleep", 0.5)
            for step in range(1, 11):
                self.move(x0 + (x - x0) * step / 10, y0 + (y - y0) * step / 10)
                time.sleep(0.2)
            self._hand("sleep", 2, "mouseup", 1, "sleep", 1)
            self.settle()
        finally:
            source.communicate()  # it ends with its input

    def _hand(self, *words: object) -> None:
        self.machine.run("xdotool", *words)

    # An eye on the screen.

    def show(self, name: str = "unexpected") -> Path:
        """A picture of the screen."""
        self.machine.run("import", "-window", "root", "/trial/shot.png")
        path = self.pictures / f"{name}.png"
        path.write_bytes((self.folder / "shot.png").read_bytes())
        return path


def until(
    condition: Callable[[], object],
    what: str,
    seconds: float = _PATIENCE,
    otherwise: Callable[[], object] = lambda: None,
) -> object:
    """Wait for something to be so; what it is then."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            otherwise()
            raise AssertionError(f"in {seconds} seconds there was not: {what}")
        time.sleep(0.02)
    return found
