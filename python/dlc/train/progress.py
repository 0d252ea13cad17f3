"""A progress bar on a terminal."""

import shutil
import sys
import time


class Progress:
    """One line that is rewritten at most ten times a second; nothing is written where the stream is no terminal.

    Args:
        total: the number of steps.
        label: stands before the bar.
        stream: standard error by default.
        visible: None shows the bar on a terminal only.
    """

    width = 24

    def __init__(self, total, label, stream=None, visible=None):
        self.total = total
        self.label = label
        self.stream = sys.stderr if stream is None else stream
        self.visible = self.stream.isatty() if visible is None else visible
        self.start = time.perf_counter()
        self.shown = 0.0
        self.done = 0

    def advance(self, text=""):
        """One step is done; `text` stands behind the bar."""
        self.done += 1
        now = time.perf_counter()
        if self.visible and (now - self.shown > 0.1 or self.done == self.total):
            self.shown = now
            filled = self.width * self.done // max(self.total, 1)
            bar = "█" * filled + "·" * (self.width - filled)
            self._write(f"{self.label} {bar} {self.done}/{self.total} {text}")

    def _write(self, line):
        columns = shutil.get_terminal_size().columns
        self.stream.write("\r\x1b[2K" + line[: columns - 1])
        self.stream.flush()

    def finish(self, text):
        """Replaces the bar by a line that stays."""
        if self.visible:
            self._write(f"{self.label} {text} ({time.perf_counter() - self.start:.1f} s)")
            self.stream.write("\n")
            self.stream.flush()
