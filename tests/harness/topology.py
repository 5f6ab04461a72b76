"""The networks around one machine: a namespace and a cable for each port.

    lan  192.168.1.10 ---- port0  appliance  port1 ---- 203.0.113.1  wan
    lan2 192.168.1.12 ---- port2 ...

The WAN host has no route to the LAN, so what it answers has been translated;
`wan_route_to_lan` gives it one, for tests of what must not come in.
"""

from tests.harness.link import Link
from tests.harness.namespace import Namespace
from tests.harness.packet_port import PacketPort

LAN_HOST = "192.168.1.10"
LAN_GATEWAY = "192.168.1.1"
WAN_HOST = "203.0.113.1"
WAN_APPLIANCE = "203.0.113.2"
LAN_NETWORK = "192.168.1.0/24"


class Topology:
    def __init__(self, port_count=2):
        self.namespaces, self.links = [], []
        try:
            for port in range(port_count):
                self._port_add(port)
        except BaseException:
            self.close()
            raise

    def close(self):
        for link in self.links:
            link.close()
        for namespace in self.namespaces:
            namespace.close()
        self.links, self.namespaces = [], []

    @property
    def lan(self):
        return self.namespaces[0]

    @property
    def wan(self):
        return self.namespaces[1]

    def packet_port(self, port):
        """Raw frames at the far end of port `port`'s cable."""
        return PacketPort(self.namespaces[port], self.links[port].name)

    def wan_route_to_lan(self):
        self.wan.run("ip", "route", "replace", LAN_NETWORK, "via", WAN_APPLIANCE)

    def _port_add(self, port):
        name = "wan" if port == 1 else "lan" if port == 0 else f"lan{port}"
        address, gateway = f"192.168.1.{10 + port}/24", LAN_GATEWAY
        if port == 1:
            address, gateway = f"{WAN_HOST}/24", None
        namespace = Namespace(name)
        self.namespaces.append(namespace)
        self.links.append(Link(namespace, f"eth{port}", address, gateway, f"02:00:00:00:00:{port + 1:02x}"))
