"""The appliance as its administrator sees it: the console's JSON, by noun.

The shapes are those of services/console/README.md; no test reads them
elsewhere.
"""

from tests.harness.waiting import wait_until

RESTART_TIMEOUT_S = 10
SHOWN_TIMEOUT_S = 3  # the firewall writes what it shows five times a second


class Appliance:
    def __init__(self, console):
        self.console = console

    def services(self):
        """Every service's row, by name."""
        return {row["name"]: row for row in self.console.json("service list")["services"]}

    def running(self):
        """The names of the services that run."""
        return sorted(name for name, row in self.services().items() if row["state"] == "running")

    def service(self, name):
        return self.console.json(f"service show {name}")

    def generations(self):
        return {name: row["generation"] for name, row in self.services().items()}

    def restarts(self, name):
        return self.services()[name]["restarts"]

    def crash(self, name, how="exception"):
        """Makes the service fail; the command only asks for it."""
        return self.console.run(f"service crash {name} {how}")

    def crash_and_wait(self, name, how="exception"):
        """Makes the service fail; its row in its next life."""
        generation = self.generations()[name]
        self.crash(name, how)
        return self.wait_next_life(name, generation)

    def restart(self, name):
        return self.console.run(f"service restart {name}")

    def stop(self, name):
        self.console.run(f"service stop {name}")
        self.wait_state(name, "stopped")

    def start(self, name):
        self.console.run(f"service start {name}")
        self.wait_state(name, "running")

    def wait_state(self, name, state):
        wait_until(lambda: self.services()[name]["state"] == state, RESTART_TIMEOUT_S,
                   f"{name} to be {state}", lambda: self.services()[name])

    def wait_next_life(self, name, generation):
        """Waits until the service runs in a later life than `generation`."""
        def reborn():
            row = self.services()[name]
            return row["state"] == "running" and row["generation"] > generation and row
        return wait_until(reborn, RESTART_TIMEOUT_S, f"{name} to restart",
                          lambda: self.services()[name])

    def drops(self):
        """The firewall's count of each reason for which it passed no packet."""
        return self.console.json("show counters")["dropped"]

    def ports(self):
        return self.console.json("show ports")["ports"]

    def connections(self):
        return self.console.json("show connections")["connections"]

    def neighbours(self):
        return self.console.json("show neighbours")["neighbours"]

    def log(self):
        return self.console.json("show log 512")["records"]

    def log_text(self):
        return "\n".join(record["text"] for record in self.log())
