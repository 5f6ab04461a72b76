"""Runs the appliance in QEMU between network namespaces, one noun a module.

The machine and its networks:
paths       where things are
image       the ISO under test, variants of it, the drive with a configuration
settings    the configuration with which the tests boot
disk_image  a disk with a store's partition, as a file; disk reads what lies on one; nbd, one that falls silent
namespace   a network namespace: programs and sockets inside it
sandbox     makes this process able to create namespaces, root or not
link        one cable between a namespace and a QEMU network card; frame_carrier where there is no tap
topology    the LAN, the WAN and further ports of one machine
pool        the one machine that runs at a time, kept from test to test
machine     QEMU: starts, ends, keeps what is needed to explain a failure
kernel      the kernel's own end
qmp         QEMU's control socket
run         `make run` as its user has it
stillness   how long the host kept a machine from running
starvation  a host that leaves a machine little of its processor
waiting     the one bounded wait loop

What is said to it, and seen of it:
serial_line what the machine printed, and waiting for it
console     the appliance's command line; appliance its JSON, by noun
packets     frames to send and look for; packet_port, raw frames in and out of a namespace
pings       echo requests, and how many are answered; pinger, at a steady rate in the background
web         a client of the web console's interface
browser     a person at the web console

Who is on its networks:
servers     what answers on the WAN side
dhcp        DHCP clients of the LAN; provider, the DHCP server on the WAN
dns, sntp   a name server and a time server, also wrong and hostile ones
smtp        a mail server, behind a certificate of authority; owner, who reads what it takes
syslog      collectors that take, hang or end
"""
