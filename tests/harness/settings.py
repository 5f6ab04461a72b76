"""The configuration with which the tests boot: the networks of topology.py."""

import json

from tests.harness.topology import LAN_GATEWAY, WAN_APPLIANCE, WAN_HOST

CONFIGURATION = {
    "lan": {"address": f"{LAN_GATEWAY}/24"},
    "wan": {"address": f"{WAN_APPLIANCE}/24", "gateway": WAN_HOST},
    "nat": True,
}
CONFIGURATION_TEXT = json.dumps(CONFIGURATION)


def mailing(alerts, **document):
    """As text, with mail to the owner by way of the WAN host; `alerts` and `document` change that."""
    mail = {"enabled": True, "server": WAN_HOST, "security": "none", "from": "router@example.net",
            "to": ["owner@example.net"], "interval": 10}
    return json.dumps(CONFIGURATION | {"time": {"enabled": False}, "alerts": mail | alerts} | document)
