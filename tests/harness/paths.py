"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BULKHEAD_BUILD", ROOT / "build"))
ARTIFACTS = BUILD / "test-artifacts"
TEST_ISO = Path(os.environ.get("BULKHEAD_ISO", BUILD / "test" / "bulkhead.iso"))
TEST_DISK = TEST_ISO.with_name("bulkhead.img")
TEST_PXE = TEST_ISO.with_name("pxe")
