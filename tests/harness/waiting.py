"""The one bounded wait loop: polls a condition, and says what was last seen."""

import time

POLL_S = 0.02


def wait_until(condition, timeout_s, what, seen=None):
    """Waits until condition() is true and returns its value.

    `what` names the event in the error; `seen`, if given, is called to tell
    what was there instead.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            break
        time.sleep(POLL_S)
    text = f"waited {timeout_s} s for {what}"
    if seen is not None:
        text += f"; saw instead: {seen()}"
    raise TimeoutError(text)
