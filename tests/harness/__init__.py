"""Runs the appliance in QEMU between network namespaces, one noun a module.

image       the ISO under test, variants of it, the drive with a configuration
namespace   a network namespace: programs and sockets inside it
sandbox     makes this process able to create namespaces, root or not
link        one cable between a namespace and a QEMU network card
topology    the LAN, the WAN and further ports of one machine
pings       echo requests, and how many are answered
pool        the one machine that runs at a time, kept from test to test
machine     QEMU: starts, ends, keeps what is needed to explain a failure
serial_line what the machine printed, and waiting for it
qmp         QEMU's control socket
console     the appliance's command line
packet_port raw frames in and out of a namespace
servers     what answers on the WAN side
web         a client of the web console's interface
browser     a person at the web console
stillness   how long the host kept a machine from running
waiting     the one bounded wait loop
"""
