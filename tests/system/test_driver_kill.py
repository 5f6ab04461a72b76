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
KILLS_MIN = 4

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
    """Kills the two drivers in turn, one each interval, until the download ends."""

    def __init__(self, appliance):
        self._appliance = appliance
        self.kills = {"port0": 0, "port1": 0}

    def run_while(self, running):
        started = time.monotonic()
        while running():
            number = sum(self.kills.values())
            if time.monotonic() < started + (number + 1) * KILL_INTERVAL_S:
                time.sleep(0.05)
                continue
            port = f"port{number % 2}"
            self._appliance.crash(port, "exception")
            self.kills[port] += 1


@pytest.mark.limit(330)
@pytest.mark.parametrize("spec", CARDS.values(), ids=CARDS.keys(), indirect=True)
def test_download_survives_driver_kills(router, download):
    folder, expected = download
    appliance = Appliance(router.console)
    before = {port: appliance.restarts(port) for port in ("port0", "port1")}
    killer = DriverKiller(appliance)
    with FileServer(router.topology.wan, WAN_HOST, 8081, folder):
        client = router.topology.lan.popen("curl", "-sS", "-m", DOWNLOAD_TIMEOUT_S, f"http://{WAN_HOST}:8081/file",
                                           stdout=subprocess.PIPE)
        digest = Digest(client.stdout)
        started = time.monotonic()
        killer.run_while(digest.is_alive)
        seconds = time.monotonic() - started
        status = client.wait(10)
    rate = f"{digest.length} bytes in {seconds:.1f} s, killed {killer.kills}"
    print(rate)
    assert status == 0 and digest.length == DOWNLOAD_BYTES, f"curl ended with {status}: {rate}"
    assert digest.hexdigest() == expected, rate
    for port, kills in killer.kills.items():
        generation = appliance.services()[port]
        assert kills >= KILLS_MIN // 2, f"too few kills to mean anything: {rate}"
        assert appliance.restarts(port) - before[port] == kills, f"{port}: {kills} kills, now {generation}"


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
