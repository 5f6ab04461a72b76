"""The command line: every command, its JSON, editing and history."""

import pytest

from tests.harness.appliance import SHOWN_TIMEOUT_S, Appliance
from tests.harness.console import LOG_LINE
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

LOOKS = ["service list", "service show firewall", "show ports", "show connections", "show counters",
         "show neighbours", "show log", "show crashes", "show memory"]


@pytest.mark.parametrize("command", LOOKS)
def test_command_prints_text_and_one_json_line(router, command):
    text = router.console.look(command)
    assert text.strip() and "{" not in text.splitlines()[0], text
    lines = LOG_LINE.sub("", router.console.look(f"{command} json")).strip().splitlines()
    assert len(lines) == 1, lines
    assert isinstance(router.console.json(command), dict)


def test_ports_show_card_address_and_link(router):
    ports = {row["name"]: row for row in Appliance(router.console).ports()}
    for number in (0, 1):
        row = ports[f"port{number}"]
        assert row["mac"] == router.mac(number), row
        assert row["link"] == "up", row


def test_connection_and_neighbours_of_a_ping_are_shown(router):
    appliance = Appliance(router.console)
    router.topology.lan.run("ping", "-n", "-c", 1, "-W", 2, WAN_HOST)
    wait_until(lambda: {"192.168.1.10", WAN_HOST} <= {row["address"] for row in appliance.neighbours()},
               SHOWN_TIMEOUT_S, "both neighbours", appliance.neighbours)
    wait_until(lambda: any(WAN_HOST in str(row) and "192.168.1.10" in str(row) for row in appliance.connections()),
               SHOWN_TIMEOUT_S, "the connection", appliance.connections)


def test_help_names_every_command(router):
    text = router.console.look("help")
    for command in LOOKS + ["service restart", "reboot", "poweroff"]:
        words = command.replace(" firewall", "")
        assert words in text, f"{words!r} is not in: {text}"


def test_a_place_of_the_configuration_is_shown_and_explained(router):
    assert '"192.168.1.1/24"' in router.console.look("config show /lan/address")
    assert "such as 203.0.113.1" in router.console.look("config help /wan/gateway")
    assert "there is nothing at that place" in router.console.look("config show /no/such")
    assert "there is no such setting" in router.console.look("config help /no/such")


def test_unknown_command_is_refused_with_words(router):
    text = router.console.look("frobnicate the router")
    assert "frobnicate" in text, text


def test_unknown_service_is_refused_by_name(router):
    assert "nosuch" in router.console.look("service show nosuch")


def test_line_editing_and_history(router):
    """Backspace, cursor left, and the last line again with the up arrow."""
    console = router.console
    expected = console.look("show memory").splitlines()[0]
    assert console.look("show memoryx\x7f").splitlines()[0] == expected
    assert console.look("how memory" + "\x1b[D" * 10 + "s").splitlines()[0] == expected
    assert console.look("\x1b[A").splitlines()[0] == expected


def test_overlong_line_and_control_bytes_do_no_harm(router):
    before = Appliance(router.console).generations()
    router.console.look("x" * 600)
    router.console.look("\x00\x01\x02\x1b[\x1b[99~\xff")
    assert Appliance(router.console).generations() == before


def test_vga_shows_the_prompt(router):
    """The text memory of the VGA card, read by QEMU."""
    shown = vga_text(router)
    assert "bulkhead>" in shown, shown


def test_vga_keyboard_types_a_command(router):
    for key in ("h", "e", "l", "p", "ret"):
        router.qmp.command("send-key", keys=[{"type": "qcode", "data": key}])
    wait_until(lambda: "poweroff" in vga_text(router), 5, "the end of help on the VGA console",
               lambda: vga_text(router))


def vga_text(router):
    """80 by 25 cells of character and attribute at 0xb8000."""
    cells = router.qmp.monitor("xp /4000xb 0xb8000")
    values = [int(word, 16) for line in cells.splitlines() for word in line.split(":")[1].split()]
    characters = "".join(chr(value) if 32 <= value < 127 else " " for value in values[::2])
    return "\n".join(characters[row * 80:(row + 1) * 80] for row in range(25))


@pytest.mark.parametrize("command, reason", [("reboot", "guest-reset"), ("poweroff", "guest-shutdown")])
def test_machine_stops_as_told(boot, spec, command, reason):
    machine = boot(spec)
    machine.console.wait_ready()
    machine.serial.send(f"{command}\r")
    event = machine.qmp.wait_for_event("SHUTDOWN", 10)
    assert event["data"]["reason"] == reason, event
