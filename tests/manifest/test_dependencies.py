"""The check of includes: each rule of it finds its breach, and lets pass what is allowed."""

import pytest

from image.dependencies import ROOT, examine

GOOD = {
    "kernel/ipc.c": '#include "kernel/slot.h"\n#include <stddef.h>\n#include "kernel/abi/message.h"',
    "services/rs/rs.c": '#include "services/runtime/service.h"\n#include "services/proto/rs.h"',
    "netstack/inet/netif.c": '#include "lwip/netif.h"\n#include "netstack/wire/ipv4.h"',
    "drivers/net/rtl8139/rx.c": '#include "netstack/wire/ethernet.h"\n#include "drivers/net/driver.h"',
}
BAD = {
    "kernel/ipc.c": "services/proto/rs.h",
    "kernel/abi/message.h": "kernel/slot.h",
    "services/rs/rs.c": "services/ds/ds.h",
    "services/ds/ds.c": "kernel/slot.h",
    "services/proto/rs.h": "services/runtime/service.h",
    "services/runtime/turn.c": "services/rs/rs.h",
    "netstack/wire/ipv4.h": "kernel/abi/status.h",
    "netstack/firewall/nat.c": "netstack/inet/netif.h",
    "drivers/net/rtl8139/rx.c": "netstack/wire/ipv4.h",
    "drivers/net/ne2k/rx.c": "drivers/net/rtl8139/registers.h",
    "appliance/echo/echo.c": "lwip/tcp.h",
}


def tree(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n")
    return folder


def test_allowed_includes_pass(tmp_path):
    assert examine(tree(tmp_path, GOOD))[1] == []


@pytest.mark.parametrize("file", BAD)
def test_forbidden_include_is_named(file, tmp_path):
    wrong = examine(tree(tmp_path, {file: f'\n#include "{BAD[file]}"'}))[1]
    assert len(wrong) == 1 and wrong[0].startswith(f"{file}:2: error: ") and BAD[file] in wrong[0]


def test_this_tree_keeps_the_rules():
    edges, wrong = examine(ROOT)
    assert wrong == [] and ("netstack/firewall", "netstack/wire") in edges
