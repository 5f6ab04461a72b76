"""HTTP for the mock: the files of the console with webd's headers, the REST interface, and events."""

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from mock.appliance import AUTHORITY
from mock.problem import Problem

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
API = "/api/v1"
TRIES = 5


class Server:
    def __init__(self, port, www, appliance, password):
        self.www, self.appliance, self.configuration = www, appliance, appliance.configuration
        self.password, self.token, self.csrf = password, None, None
        self.wrong, self.locked_until, self.down_until = 0, 0.0, 0.0
        self.lock = threading.Lock()
        handler = type("Handler", (Handler,), {"mock": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]

    def run(self):
        self.http.serve_forever(poll_interval=0.2)

    @property
    def down(self):
        return time.monotonic() < self.down_until

    def session_begin(self):
        self.token, self.csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        return {"user": "admin", "csrf": self.csrf}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mock = None

    def log_message(self, format, *args):  # noqa: A002  (the base's name)
        """Silent: the tests print what matters."""

    def do_GET(self):
        self._serve("GET")

    def do_POST(self):
        self._serve("POST")

    def do_PUT(self):
        self._serve("PUT")

    def do_DELETE(self):
        self._serve("DELETE")

    # --- Dispatch --------------------------------------------------------

    def _serve(self, method):
        url = urlparse(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = json.loads(self.rfile.read(length) or "null") if length else None
        if url.path == "/mock/outage":
            self.mock.down_until = time.monotonic() + self.body["seconds"]
            if self.body.get("forget"):
                self.mock.token = None
            self._json(200, {})
            return
        if self.mock.down:
            self.close_connection = True
            self.connection.close()
            return
        try:
            if not url.path.startswith(API + "/"):
                self._file(url.path)
            elif url.path == API + "/events":
                self._authorize(method, url.path)
                self._events()
            else:
                self._request(method, url.path[len(API):], parse_qs(url.query))
        except Problem as problem:
            self._problem(problem)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _request(self, method, path, query):
        with self.mock.lock:
            self.mock.appliance.advance()
            if path not in ("/session", "/setup"):
                self._authorize(method, path)
            status, answer, cookie = self._answer(method, path, query)
        self._json(status, answer, cookie)

    def _authorize(self, method, path):
        if self.mock.token is None or f"__Host-session={self.mock.token}" not in (self.headers.get("Cookie") or ""):
            raise Problem(401, "sign in first")
        if method != "GET" and self.headers.get("X-CSRF-Token") != self.mock.csrf:
            raise Problem(403, f"{path}: the token is missing or wrong")

    def _answer(self, method, path, query):
        """(status, document or None, token for a cookie or None)"""
        if path in ("/session", "/setup"):
            return self._session(method, path)
        if (method, path) == ("POST", "/password"):
            return self._password()
        if path.startswith("/config"):
            return (*self._config(method, path[len("/config"):]), None)
        appliance, parts = self.mock.appliance, path.split("/")[1:]
        if method == "POST" and parts[0] == "services" and len(parts) == 3:
            appliance.act(parts[1], parts[2])
            return 202, {}, None
        if (method, path) == ("POST", "/alerts/test"):
            time.sleep(0.4)
            return 200, appliance.alert_test(), None
        if method == "GET" and parts[0] == "crashes" and len(parts) == 2:
            return 200, appliance.crash(int(parts[1])), None
        limit = int(query.get("limit", ["300"])[0])
        after = int(query.get("after", ["0"])[0])
        readers = {
            "/overview": appliance.overview, "/ports": lambda: appliance.ports, "/services": appliance.told_services,
            "/crashes": lambda: list(appliance.crashes)[::-1], "/leases": appliance.leases,
            "/connections": lambda: appliance.connections(limit), "/firewall": appliance.firewall,
            "/alerts": lambda: list(appliance.alerts),
            "/logs": lambda: [line for line in appliance.logs if line["sequence"] > after][-limit:],
        }
        if method != "GET" or path not in readers:
            raise Problem(404, f"there is no {method} {path}")
        return 200, readers[path](), None

    def _session(self, method, path):
        mock = self.mock
        if method == "GET":
            known = mock.token is not None and mock.token in (self.headers.get("Cookie") or "")
            return 200, {"first_visit": mock.password is None, "user": "admin" if known else None,
                         "csrf": mock.csrf if known else None, "test_image": True, "version": "0.4.0",
                         "hostname": mock.configuration.running.get("hostname", "bulkhead")}, None
        if method == "DELETE":
            mock.token = None
            return 204, None, None
        if path == "/setup":
            if mock.password is not None:
                raise Problem(409, "the password was set before")
            if not 12 <= len(self.body["password"]) <= 128:
                raise Problem(422, "a password has 12 to 128 characters", "/password")
            mock.password = self.body["password"]
            return 200, {**mock.session_begin(), "store": "memory"}, mock.token
        self._log_in()
        return 200, mock.session_begin(), mock.token

    def _password(self):
        mock, body = self.mock, self.body
        if body["old"] != mock.password:
            raise Problem(422, "this is not the password", "/old")
        if not 12 <= len(body["new"]) <= 128:
            raise Problem(422, "a password has 12 to 128 characters", "/new")
        mock.password = body["new"]
        return 200, {**mock.session_begin(), "store": "disk"}, mock.token

    def _log_in(self):
        mock, left = self.mock, self.mock.locked_until - time.monotonic()
        if left > 0:
            raise Problem(429, "too many wrong passwords", headers=[("Retry-After", str(int(left) + 1))])
        if (self.body["user"], self.body["password"]) != ("admin", mock.password):
            mock.wrong += 1
            if mock.wrong % TRIES == 0:
                mock.locked_until = time.monotonic() + 3
            raise Problem(401, "user or password is wrong")
        mock.wrong = 0

    def _config(self, method, path):
        config, body = self.mock.configuration, self.body
        if (method, path) == ("GET", "/candidate"):
            return (204, None) if config.candidate is None else (200, config.candidate)
        if (method, path) == ("GET", "/candidate/differences"):
            return (204, None) if config.candidate is None else (200, config.differences())
        if method == "GET" and path.startswith("/history/"):
            return 200, config.document(int(path.rsplit("/", 1)[1]))
        actions = {
            ("GET", ""): (200, lambda: config.running), ("GET", "/schema"): (200, lambda: config.schema),
            ("GET", "/status"): (200, config.status), ("GET", "/history"): (200, config.entries),
            ("PUT", "/candidate"): (200, lambda: config.put_candidate(body)),
            ("DELETE", "/candidate"): (204, config.drop_candidate),
            ("POST", "/commit"): (200, lambda: config.commit(body["comment"], body.get("confirm_s"))),
            ("POST", "/confirm"): (204, config.confirm),
            ("POST", "/rollback"): (200, lambda: config.rollback(body["serial"])),
        }
        if (method, path) not in actions:
            raise Problem(404, f"there is no {method} /config{path}")
        status, action = actions[method, path]
        return status, action()

    # --- Answers ---------------------------------------------------------

    def _send(self, status, kind, data, headers=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), ("Cache-Control", "no-store"),
                            ("Content-Security-Policy", POLICY), ("X-Content-Type-Options", "nosniff"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _json(self, status, document, token=None):
        cookie = f"__Host-session={token}; Path=/; Secure; HttpOnly; SameSite=Strict"
        data = b"" if document is None else json.dumps(document).encode()
        self._send(status, "application/json", data, [("Set-Cookie", cookie)] if token else [])

    def _problem(self, problem):
        document = {"type": "about:blank", "title": "Refused", "status": problem.status, "detail": problem.detail}
        if problem.path is not None:
            document["path"] = problem.path
        self._send(problem.status, "application/problem+json", json.dumps(document).encode(), problem.headers)

    def _file(self, path):
        if path == "/authority.crt":
            self._send(200, "application/x-x509-ca-cert", AUTHORITY)
            return
        file = self.mock.www / (path.strip("/") or "index.html")
        if file.parent != self.mock.www or not file.is_file() or file.suffix not in TYPES:
            raise Problem(404, f"there is no {path}")
        self._send(200, TYPES[file.suffix], file.read_bytes())

    # --- Events ----------------------------------------------------------

    def _events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        told = {"log": self.mock.appliance.sequence, "alert": len(self.mock.appliance.alerts), "config": None}
        turn, token = 0, self.mock.token
        # With its session it ends, too: a short outage may lie between two looks at it.
        while not self.mock.down and self.mock.token == token:
            with self.mock.lock:
                self.mock.appliance.advance()
                events = self._news(told, turn)
            for name, data in events:
                self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
            self.wfile.flush()
            turn += 1
            time.sleep(0.5)

    def _news(self, told, turn):
        appliance, events = self.mock.appliance, []
        if turn % 2 == 0:
            events.append(("ports", {"uptime": appliance.uptime(), "ports": appliance.ports}))
        if turn % 10 == 0:
            events.append(("overview", appliance.overview()))
        events.append(("services", appliance.told_services()))
        events += [("log", line) for line in appliance.logs if line["sequence"] > told["log"]]
        events += [("alert", alert) for alert in appliance.alerts if alert["n"] > told["alert"]]
        status = self.mock.configuration.status()
        if status != told["config"]:
            events.append(("config", status))
        told.update(log=appliance.sequence, alert=len(appliance.alerts), config=status)
        return events
