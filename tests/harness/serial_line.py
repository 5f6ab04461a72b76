"""What the machine printed on its serial line, and waiting for it.

A thread keeps all of it, in memory and in the run's log, so that nothing is
lost while nobody waits.
"""

import re
import threading
import time


class SerialLine:
    def __init__(self, connection, log_path):
        self._connection = connection
        self._log_path = log_path
        self._text = ""
        self._arrivals = []  # (length of the text before, time.monotonic())
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self):
        try:
            self._connection.shutdown(2)
        except OSError:
            pass
        self._thread.join(5)
        self._connection.close()

    @property
    def text(self):
        with self._changed:
            return self._text

    @property
    def length(self):
        """A mark: what comes later is behind it."""
        return len(self.text)

    def forget(self):
        """Lets go of all but the last line; marks taken before are void. For those who talk for hours."""
        with self._changed:
            self._text = self._text[self._text.rfind("\n") + 1:]
            self._arrivals = [(0, self._arrivals[-1][1])] if self._arrivals else []

    def send(self, text):
        self._connection.sendall(text.encode())

    def wait_for(self, pattern, timeout_s, start=0):
        """The first match of the regular expression behind `start`."""
        expression = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                match = expression.search(self._text, start)
                if match:
                    return match
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    raise TimeoutError(self._failure(pattern, timeout_s, start))
                self._changed.wait(left)

    def arrived(self, offset):
        """When the character at `offset` came, by time.monotonic()."""
        with self._changed:
            return max(when for before, when in self._arrivals if before <= offset)

    def _failure(self, pattern, timeout_s, start):
        how = "the line closed" if self._closed else f"waited {timeout_s} s"
        return f"serial line: {how}, no {pattern!r}; the end of what came: {self._text[start:][-2000:]!r}"

    def _read(self):
        with open(self._log_path, "wb") as log:
            while True:
                try:
                    chunk = self._connection.recv(65536)
                except OSError:
                    chunk = b""
                log.write(chunk)
                log.flush()
                with self._changed:
                    self._arrivals.append((len(self._text), time.monotonic()))
                    self._text += chunk.decode("utf-8", "replace").replace("\r", "")
                    self._closed = not chunk
                    self._changed.notify_all()
                if not chunk:
                    return
