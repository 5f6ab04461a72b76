"""What the kernel's operations cost, in instructions: tests/bench/micro counts them."""

from tests.bench import costs
from tests.harness.paths import TEST_ISO

CALL_MAX = 500
NOTIFY_MAX = 250
SWITCH_MAX = 250
INTERRUPT_MAX = 1000


def test_call_and_reply_take_at_most_500_instructions(tmp_path):
    taken = costs.taken(tmp_path, TEST_ISO)
    print("\n".join(f"{name}: {count}" for name, count in taken.items()))
    assert 100 < taken["call and reply"] <= CALL_MAX
    assert 0 < taken["notify"] <= NOTIFY_MAX
    assert 0 < taken["context switch"] <= SWITCH_MAX
    assert 0 < taken["interrupt to driver"] <= INTERRUPT_MAX
