"""Filters of N rules, of which only the last matches what the benchmarks send: for Bulkhead and for Linux the same.

Half of them keep a port of some host from being reached, half keep some host from reaching a port.
"""

PORTS = (80, 443, 22, 25)
A_PLACE = 2 * len(PORTS)  # rules about each two hosts


def rules(count):
    """As in the configuration of Bulkhead: two with lists, what is then missing, and the last."""
    if not count:
        return []
    places, left = divmod(count - 1, A_PLACE)
    denied = [_denied(which, [_place(number) for number in range(places)], list(PORTS))
              for which in range(2) if places]
    single = [_denied(number % 2, [_place(places)], PORTS[number // 2]) for number in range(left)]
    return denied + single + [{"action": "allow", "from": "lan", "to": "wan"}]


def _place(number):
    return f"10.{number >> 8}.{number & 255}"


def _denied(which, places, ports):
    end, host = (("destination", 9), ("source", 7))[which]
    return {"action": "deny", "protocol": "tcp", end: [f"{place}.{host}" for place in places], "destination_port": ports}


LINUX_PART = 500  # of them, as many as nft takes at once: it refuses 10,000

# The same for nft, made where they are wanted: the last one stands behind the chain that this fills. A part.
LINUX_PROGRAM = f"BEGIN {{ part = {LINUX_PART} }}\n" + """BEGIN {
	split("80 443 22 25", ports, " ")
	print "table inet filter {\\n\\tchain rules {"
	for (number = from; number < from + part && number < count - 1; number++) {
		place = "10." int(number / 8 / 256) "." int(number / 8) % 256
		end = number % 2 ? "saddr " place ".7" : "daddr " place ".9"
		print "ip " end " tcp dport " ports[int(number / 2) % 4 + 1] " drop"
	}
	print "\\t}\\n}"
}
"""
