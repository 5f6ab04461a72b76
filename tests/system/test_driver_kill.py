"""A download survives the death of the network drivers, one a second."""

import hashlib
import subprocess
import threading
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.servers import FileServer
from tests.harness.topology import WAN_HOST

DOWNLOAD_BYTES = 200_000_000
KILL_INTERVAL_S = 1.0
DOWNLOAD_TIMEOUT_S = 240
KILLS_MIN = 2  # of each

CARDS = {
    "rtl8139": Spec(nics=("rtl8139", "rtl8139")),
    "ne2k_pci": Spec(nics=("ne2k_pci", "ne2k_pci")),
    "mixed": Spec(nics=("rtl8139", "ne2k_pci")),
    "isa": Spec(nics=("ne2k_pci", "ne2k_isa")),
}


@pytest.fixture(scope="module")
def download(tmp_path_factory):
    """A folder with a file of pseudo-random bytes, and their hash."""
    folder = tmp_path_factory.mktemp("wan")
    block, digest = hashlib.sha512(b"bulkhead"), hashlib.sha256()
    with open(folder / "file", "wb") as file:
        for _ in range(DOWNLOAD_BYTES // 1_000_000):
            chunk = hashlib.shake_256(block.digest()).digest(1_000_000)
            block.update(chunk[:64])
            file.write(chunk)
            digest.update(chunk)
    return folder, digest.hexdigest()


class DriverKiller:
    """Kills the two drivers in turn, one each interval, while something runs."""

    def __init__(self, appliance):
        self._appliance = appliance
        self._next = time.monotonic() + KILL_INTERVAL_S
        self.kills = {"port0": 0, "port1": 0}

    def run_while(self, running):
        while running():
            if time.monotonic() < self._next:
                time.sleep(0.05)
                continue
            self._next += KILL_INTERVAL_S
            port = f"port{sum(self.kills.values()) % 2}"
            self._appliance.crash(port, "exception")
            self.kills[port] += 1


def download_while(router, killer):
    """Downloads once while the killer is at work; what curl said, and the digest."""
    client = router.topology.lan.popen("curl", "-sS", "-m", DOWNLOAD_TIMEOUT_S, f"http://{WAN_HOST}:8081/file",
                                       stdout=subprocess.PIPE)
    digest = Digest(client.stdout)
    killer.run_while(digest.is_alive)
    return client.wait(10), digest


@pytest.mark.limit(330)
@pytest.mark.parametrize("spec", CARDS.values(), ids=CARDS.keys(), indirect=True)
def test_download_survives_driver_kills(router, download):
    """Again, if the first was over before there were deaths enough to mean anything."""
    folder, expected = download
    appliance = Appliance(router.console)
    before = {port: appliance.restarts(port) for port in ("port0", "port1")}
    with FileServer(router.topology.wan, WAN_HOST, 8081, folder):
        killer = DriverKiller(appliance)
        while min(killer.kills.values()) < KILLS_MIN:
            started = time.monotonic()
            status, digest = download_while(router, killer)
            seconds = time.monotonic() - started
            rate = f"{digest.length} bytes in {seconds:.1f} s, killed {killer.kills}"
            print(rate)
            assert status == 0 and digest.length == DOWNLOAD_BYTES, f"curl ended with {status}: {rate}"
            assert digest.hexdigest() == expected, rate
    deaths = [record["text"] for record in appliance.log() if "silent since" in record["text"] or ": died" in record["text"]]
    for port, kills in killer.kills.items():
        assert appliance.restarts(port) - before[port] == kills, f"{port}: {kills} kills; {deaths}"


class Digest(threading.Thread):
    """Hashes a stream to its end in the background."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self._stream, self._digest, self.length = stream, hashlib.sha256(), 0
        self.start()

    def run(self):
        while chunk := self._stream.read(1 << 18):
            self._digest.update(chunk)
            self.length += len(chunk)

    def hexdigest(self):
        return self._digest.hexdigest()
