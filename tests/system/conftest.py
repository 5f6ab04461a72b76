"""Fixtures of the system tests: the machine a test asks for, and a time limit.

    @pytest.mark.machine(nics=("ne2k_pci", "rtl8139"), memory_mib=32)
    @pytest.mark.limit(300)
    def test_promise(router): ...
"""

import signal
from pathlib import Path

import pytest

from tests.harness import sandbox
from tests.harness.machine import Spec
from tests.harness.pool import Pool
from tests.harness.run import Run

sandbox.enter()

LIMIT_S = 120


def pytest_configure(config):
    config.addinivalue_line("markers", "machine(**spec): the make of machine the test wants")
    config.addinivalue_line("markers", "limit(seconds): the longest the test may take")
    config.addinivalue_line("markers", "waits: spends its time waiting, and has room for others beside it")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Ends a test that takes too long, its fixtures' set-up included."""
    marker = item.get_closest_marker("limit")
    limit_s = marker.args[0] if marker else LIMIT_S

    def late(_signal, _frame):
        raise TimeoutError(f"the test took over {limit_s} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(limit_s)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def pool(request):
    machines = Pool(lambda: request.session.testsfailed)
    yield machines
    machines.discard()


@pytest.fixture
def spec(request):
    marker = request.node.get_closest_marker("machine")
    given = getattr(request, "param", None)
    return given or Spec(**(marker.kwargs if marker else {}))


def _assert_built(spec):
    assert not spec.iso or Path(spec.iso).exists(), f"{spec.iso} is not built: make test-image"


@pytest.fixture
def router(pool, spec, request):
    """A booted machine at its prompt, shared with tests that want the same."""
    _assert_built(spec)
    return pool.get(spec, request.node.name)


@pytest.fixture
def boot(pool, request):
    """Starts a machine of its own for the test; the test waits for what it expects."""
    def start(spec):
        _assert_built(spec)
        return pool.boot(spec, request.node.name)
    yield start
    pool.discard()


@pytest.fixture
def run():
    """`make run`, at its prompt."""
    started = Run()
    try:
        started.wait_for("bulkhead>")
        yield started
    finally:
        started.stop()
        print(started.text)
