"""The system as a picture: who calls and notifies whom, and who shares memory.

Instances of one service are one box. Left out: notifications to all (`*`) and
the heartbeat's answers to RS, and the tables that the kernel shows.
"""

import subprocess

_GROUPS = {"device": ("#dceefb", "drivers"), "trusted": ("#fbe3dc", "may start and kill"), "service": ("#eef5e6", "")}
_GREEN = 'color="#2f7d4f", penwidth=1.2, arrowhead=vee'


def _quote(text):
    return '"' + text.replace('"', r'\"') + '"'


def _title(system, key):
    count = sum(service.key == key for service in system.services)
    return f"{key.replace('{n}', '')}0 .. {count - 1}" if "{n}" in key else key


def _box(system, service):
    group = "trusted" if service.flag("rs") else \
        "device" if service.flag("device") or service.ports else "service"
    lines = [_title(system, service.key)]
    if service.images != [service.name]:
        lines.append(" or ".join(service.images))
    lines.append(f"priority {service.values['priority']}, "
                 f"{service.values['budget_us'] / 1000:g} of {service.values['period_us'] / 1000:g} ms")
    held = [f"ports {ports}" for ports, _ in service.ports if not ports.probe] + \
        [f"interrupt {irq.line}" for irq, _ in service.irqs]
    lines += [", ".join(held)] if held else []
    label = "\\n".join(lines)
    return f'{_quote(service.key)} [label="{label}", fillcolor="{_GROUPS[group][0]}"];'


def _shares(system, keys):
    """(writer, reader) of each region that two services map."""
    return {(keys[item.region.writer], service.key) for service in system.services for item in service.maps
            if not item.write and item.region.writer in keys and keys[item.region.writer] != service.key}


def _edges(system):
    """Lines of dot, each once; what two share with each other is one edge."""
    keys = {service.name: service.key for service in system.services}
    found = {}
    for service in system.services:
        for name in service.call:
            found[service.key, keys[name], "call"] = 'color="#1a1a1a", penwidth=1.6'
        for name in () if "*" in service.values.get("notify", []) else service.notify:
            if name not in _leaders(system):
                found[service.key, keys[name], "notify"] = \
                    'color="#8899aa", style=dotted, arrowhead=open, constraint=false'
    shares = _shares(system, keys)
    for writer, reader in sorted(shares):
        if (reader, writer) not in shares:
            found[writer, reader, "shares"] = _GREEN
        elif writer < reader:
            found[writer, reader, "shares"] = _GREEN + ", dir=both, arrowtail=vee"
    return [f"{_quote(source)} -> {_quote(target)} [{style}];" for (source, target, _), style in found.items()]


def _leaders(system):
    return [service.name for service in system.services if service.flag("rs")]


def dot(system):
    boxes = list(dict.fromkeys(_box(system, service) for service in system.services))
    legend = ("calls (black), shares memory with (green, from its one writer), notifies (dotted); "
              "blue: touches a device, red: may start and kill")
    lines = ["digraph bulkhead {", "rankdir=TB; nodesep=0.35; ranksep=0.7; fontname=\"Helvetica\"; fontsize=11;",
             f"label={_quote(legend)}; labelloc=b;",
             'node [shape=box, style="filled,rounded", fontname="Helvetica", fontsize=11, color="#445566"];',
             "edge [arrowsize=0.7];", *boxes, *_edges(system), "}"]
    return "\n".join(lines) + "\n"


def draw(system, path):
    """`path`.svg, as graphviz lays it out."""
    subprocess.run(["dot", "-Tsvg", "-o", f"{path}.svg"], input=dot(system), text=True, check=True, timeout=60)
