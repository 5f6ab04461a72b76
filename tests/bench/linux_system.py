"""A Linux router to measure against: Debian's kernel, BusyBox and nftables.

The kernel comes as Debian's package of the day; BusyBox and nft are the
installed ones with the libraries they name. All of it goes into an initramfs made
here, with the modules of the cards and of nftables, and an init that sets up what
Bulkhead's bench configuration sets up: LAN and WAN address, forwarding,
connection tracking, masquerading. Then it is a shell on the serial port.
"""

import gzip
import re
import subprocess
from pathlib import Path

from tests.bench import rules
from tests.bench.cpio import Archive
from tests.harness.paths import BUILD

FOLDER = BUILD / "bench" / "linux"
SOURCES = Path(__file__), Path(rules.__file__)  # whoever changes them gets a new initramfs
META_PACKAGE = "linux-image-amd64"
MODULES = ("8139cp", "8139too", "ne2k-pci", "crc32c_generic", "nf_tables", "nft_ct", "nft_chain_nat", "nft_masq", "nf_flow_table_inet",
           "nft_flow_offload", "nf_conntrack")
PROGRAMS = ("/usr/bin/busybox", "/usr/sbin/nft")
PROMPT = "linux> "
INIT = f"""#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /tmp
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox --install -s /bin
for module in $(cat /modules); do insmod /lib/modules/$module.ko; done
sysctl -q -w net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_max=262144
ip link set lo up
ip address add 192.168.1.1/24 dev eth0
ip address add 203.0.113.2/24 dev eth1
ip link set eth0 up
ip link set eth1 up
ip route add default via 203.0.113.1
nft -f /rules/$(sed 's/.*rules=\\([a-z-]*\\).*/\\1/' /proc/cmdline)
count=$(sed -n 's/.*count=\\([0-9]*\\).*/\\1/p' /proc/cmdline)
from=0
while [ "$from" -lt "${{count:-0}}" ]; do
	awk -v from=$from -v count=$count -f /rules/program >/rules/more
	nft -f /rules/more || {{ echo "the rules from $from on were refused" >/dev/ttyS0; poweroff -f; }}
	from=$((from + {rules.LINUX_PART}))
done
export PS1='{PROMPT}'
exec setsid sh -c 'exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'
"""
FILTER = """table inet filter {{
{flowtable}	chain forward {{
		type filter hook forward priority 0; policy drop;
{offload}		ct state established,related accept
		ct state invalid drop
		jump rules
		iifname "eth0" oifname "eth1" accept
	}}
	chain rules {{
	}}
	chain input {{
		type filter hook input priority 0; policy drop;
		ct state established,related accept
		iifname {{ "lo", "eth0" }} accept
	}}
}}
table ip nat {{
	chain postrouting {{
		type nat hook postrouting priority 100;
		oifname "eth1" masquerade
	}}
}}
"""
FLOWTABLE = "\tflowtable fast {\n\t\thook ingress priority 0; devices = { eth0, eth1 };\n\t}\n"
OFFLOAD = "\t\tip protocol { tcp, udp } flow add @fast\n"
RULES = {"plain": FILTER.format(flowtable="", offload=""),
         "flowtable": FILTER.format(flowtable=FLOWTABLE, offload=OFFLOAD)}


class LinuxSystem:
    """`kernel` and `initramfs`, made once for each version of Debian's kernel."""

    def __init__(self, folder=FOLDER):
        package = kernel_package()
        self.version = package.removeprefix("linux-image-")
        self._folder = folder / self.version
        self.kernel, self.initramfs = self._folder / "kernel", self._folder / "initramfs"
        if not self.initramfs.exists() or any(source.stat().st_mtime > self.initramfs.stat().st_mtime
                                              for source in SOURCES):
            self._make(package)

    def _make(self, package):
        root = self._folder / "package"
        root.mkdir(parents=True, exist_ok=True)
        _run("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package, cwd=self._folder)
        archive = next(self._folder.glob(f"{package}_*.deb"))
        _run("dpkg-deb", "-x", archive, root)
        self.kernel.write_bytes((root / "boot" / f"vmlinuz-{self.version}").read_bytes())
        content = initramfs(root / "lib" / "modules" / self.version)
        self.initramfs.write_bytes(gzip.compress(content, 6, mtime=0))
        _run("rm", "-rf", root, archive)


def kernel_package():
    """The package that Debian's meta package names today."""
    depends = _run("apt-cache", "depends", META_PACKAGE)
    found = re.search(r"Depends: (linux-image-[0-9]\S+)", depends)
    if not found:
        raise RuntimeError(f"{META_PACKAGE} names no kernel: {depends}")
    return found.group(1)


def initramfs(module_folder):
    """The archive's bytes, for `-initrd`."""
    archive = Archive()
    archive.file("/init", INIT.encode(), 0o755)
    archive.file("/rules/program", rules.LINUX_PROGRAM.encode())
    for name, text in RULES.items():
        archive.file(f"/rules/{name}", text.encode())
    modules = modules_in_order(module_folder)
    archive.file("/modules", "\n".join(path.stem for path in modules).encode() + b"\n")
    for path in modules:
        archive.file(f"/lib/modules/{path.name}", path.read_bytes())
    for path in programs_and_libraries():
        archive.file(str(path), path.read_bytes(), 0o755)
    archive.file("/bin/busybox", Path(PROGRAMS[0]).read_bytes(), 0o755)
    return archive.bytes()


def modules_in_order(folder):
    """The modules' files, each behind those it depends on."""
    files = {path.stem.replace("-", "_"): path for path in folder.rglob("*.ko")}
    ordered = []

    def add(name):
        path = files.get(name.replace("-", "_"))
        if path is None or path in ordered:
            return  # built into the kernel, or there already
        depends = re.search(rb"\0depends=([^\0]*)", path.read_bytes())
        for other in depends.group(1).decode().split(","):
            add(other)
        ordered.append(path)

    for name in MODULES:
        add(name)
    return ordered


def programs_and_libraries():
    """The programs, and all that the dynamic linker would load for them."""
    found = []
    for program in PROGRAMS:
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, timeout=10, check=False).stdout
        found += [Path(program), *map(Path, re.findall(r"(/\S+) \(0x", listed))]
    return list(dict.fromkeys(found))


def _run(*argv, cwd=None):
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=300, cwd=cwd, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: {done.stdout}{done.stderr}")
    return done.stdout
