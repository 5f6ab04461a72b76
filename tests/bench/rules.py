"""Filters of N rules, of which only the last matches what the benchmarks send: for Bulkhead and for Linux the same.

Half of them keep out an address, half a port of a host.
"""


def rules(count):
    """As in the configuration of Bulkhead."""
    denied = [{"action": "deny", "source": f"10.{number >> 8}.{number & 255}.7"} if number % 2 else
              {"action": "deny", "protocol": "tcp", "destination": f"10.{number >> 8}.{number & 255}.9",
               "destination_port": 80} for number in range(count - 1)]
    return (denied + [{"action": "allow", "from": "lan", "to": "wan"}])[:count]


# The same for nft, made where they are wanted: the last one stands behind the chain that this fills.
LINUX_PROGRAM = """BEGIN {
	print "table inet filter {\\n\\tchain rules {"
	for (number = 0; number < count - 1; number++) {
		place = "10." int(number / 256) "." number % 256
		print number % 2 ? "ip saddr " place ".7 drop" : "ip daddr " place ".9 tcp dport 80 drop"
	}
	print "\\t}\\n}"
}
"""
