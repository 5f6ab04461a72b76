"""A stand-in for the appliance behind the web console: the whole REST interface, with data that moves.

usage: python3 -m mock [--port N] [--www FOLDER] [--first-visit]     (in appliance/www)

Prints its address. The password is PASSWORD below; /mock/outage takes it away for some seconds, and
with "forget" its session.
"""

import argparse
import json
from pathlib import Path

from mock.appliance import Appliance
from mock.configuration import Configuration
from mock.server import Server

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "correct horse battery"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=8080)
    options.add_argument("--www", type=Path, default=ROOT / "build" / "www")
    options.add_argument("--first-visit", action="store_true")
    given = options.parse_args()
    schema = json.loads((ROOT / "config" / "schema.json").read_text(encoding="utf-8"))
    configuration = Configuration(schema)
    appliance = Appliance(configuration)
    server = Server(given.port, given.www, appliance, None if given.first_visit else PASSWORD)
    print(f"http://127.0.0.1:{server.port}/", flush=True)
    server.run()


if __name__ == "__main__":
    main()
