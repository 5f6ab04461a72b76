"""DHCP clients as found in the wild, each run once on a port of the LAN.

None of them touches the host's own files: their script only writes down what
it was told, and the lease is put on the interface by us.
"""

import tempfile
from pathlib import Path

from tests.harness.waiting import wait_until

SCRIPT = "#!/bin/sh\nenv > \"{file}.$$\" && [ -n \"{address}\" ] && mv \"{file}.$$\" \"{file}\"\nexit 0\n"

# Program, and the names under which its script is told things.
CLIENTS = {
    "udhcpc": {"address": "ip", "router": "router", "dns": "dns", "domain": "domain", "lease": "lease",
               "server": "serverid"},
    "dhclient": {"address": "new_ip_address", "router": "new_routers", "dns": "new_domain_name_servers",
                 "domain": "new_domain_name", "lease": "new_dhcp_lease_time",
                 "server": "new_dhcp_server_identifier"},
    "dhcpcd": {"address": "new_ip_address", "router": "new_routers", "dns": "new_domain_name_servers",
               "domain": "new_domain_name", "lease": "new_dhcp_lease_time",
               "server": "new_dhcp_server_identifier"},
}


def _argv(client, interface, script, folder, hostname):
    if client == "udhcpc":
        return ["udhcpc", "-i", interface, "-n", "-q", "-f", "-t", 5, "-T", 2, "-s", script, "-x",
                f"hostname:{hostname}"]
    if client == "dhclient":
        conf = folder / "dhclient.conf"
        conf.write_text(f'send host-name "{hostname}";\nrequest subnet-mask, routers, domain-name-servers,'
                        ' domain-name;\ntimeout 20;\ninitial-interval 2;\n')
        return ["dhclient", "-4", "-1", "-d", "-cf", conf, "-lf", folder / "leases", "-pf",
                folder / "pid", "-sf", script, interface]
    conf = folder / "dhcpcd.conf"
    conf.write_text("duid\noption domain_name_servers, domain_name, routers\nrequire dhcp_server_identifier\n")
    return ["dhcpcd", "-4", "-1", "-B", "-A", "-f", conf, "-c", script, "-h", hostname, "-t", 20, interface]


def lease_get(client, namespace, interface, hostname):
    """What the client was told: a dict of address, router, dns, domain, lease, server."""
    names = CLIENTS[client]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, told = folder / "script", folder / "told"
        script.write_text(SCRIPT.format(file=told, address="$" + names["address"]))
        script.chmod(0o755)
        argv = _argv(client, interface, script, folder, hostname)
        if client == "dhclient":
            output = _run_until(namespace, argv, told)
        else:
            output = namespace.run(*argv, timeout=40, check=False).stdout
        assert told.exists(), f"{client} got no lease: {output}"
        env = dict(line.split("=", 1) for line in told.read_text().splitlines() if "=" in line)
    return {what: env.get(key, "").strip() for what, key in names.items()}


def _run_until(namespace, argv, told):
    """dhclient stays in the foreground once it is bound."""
    with open(told.with_suffix(".log"), "w+b") as log:
        process = namespace.popen(*argv, stdout=log, stderr=log)
        try:
            wait_until(lambda: told.exists() or process.poll() is not None, 40, "dhclient to be bound")
        finally:
            process.kill()
            process.wait(5)
        log.seek(0)
        return log.read().decode(errors="replace")
