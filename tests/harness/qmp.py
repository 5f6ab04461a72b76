"""QEMU's control socket: commands, and the events in between."""

import json
import threading
import time

REPLY_TIMEOUT_S = 10


class QmpError(RuntimeError):
    pass


class Qmp:
    def __init__(self, connection):
        self._connection = connection
        self._changed = threading.Condition()
        self._replies, self.events, self._closed = [], [], False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.command("qmp_capabilities")

    def close(self):
        try:
            self._connection.shutdown(2)
        except OSError:
            pass
        self._thread.join(5)
        self._connection.close()

    def command(self, name, **arguments):
        """The command's return value."""
        request = {"execute": name}
        if arguments:
            request["arguments"] = {key.replace("_", "-"): value for key, value in arguments.items()}
        with self._changed:
            self._replies.clear()
        self._connection.sendall(json.dumps(request).encode())
        reply = self._wait(lambda: self._replies and self._replies.pop(0), REPLY_TIMEOUT_S, name)
        if "error" in reply:
            raise QmpError(f"{name}: {reply['error']}")
        return reply["return"]

    def monitor(self, line):
        """A line of QEMU's human monitor, for what QMP has no command for."""
        return self.command("human-monitor-command", **{"command-line": line})

    def wait_for_event(self, name, timeout_s):
        def find():
            return next((event for event in self.events if event["event"] == name), None)
        return self._wait(find, timeout_s, f"event {name}")

    def _wait(self, find, timeout_s, what):
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not (found := find()):
                left = deadline - time.monotonic()
                if left <= 0 or self._closed:
                    raise QmpError(f"no answer to {what} in {timeout_s} s; events: {self.events}")
                self._changed.wait(left)
            return found

    def _read(self):
        with self._connection.makefile("rb") as stream:
            while True:
                try:
                    line = stream.readline()
                except OSError:
                    line = b""
                with self._changed:
                    if not line:
                        self._closed = True
                    else:
                        self._take(json.loads(line))
                    self._changed.notify_all()
                if not line:
                    return

    def _take(self, message):
        if "event" in message:
            self.events.append(message)
        elif "QMP" not in message:
            self._replies.append(message)
