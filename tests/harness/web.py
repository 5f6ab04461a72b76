"""A client of the web console, as a browser would be: one TLS connection, a cookie, a token."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass

from tests.harness.topology import LAN_GATEWAY
from tests.harness.waiting import wait_until

HTTPS_PORT, HTTP_PORT = 443, 80
READY_TIMEOUT_S = 30
ANSWER_TIMEOUT_S = 15
PASSWORD = "correct horse battery"


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def answer_of(response):
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def context(maximum=None):
    """What is not about the certificate does not check it: see trusting() and test_web_trust.py."""
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if maximum is not None:
        made.maximum_version = maximum
    return made


def trusting(authority):
    """Checks all that there is to check, names too, as one who trusts this authority (DER) and no other."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    made.load_verify_locations(cadata=authority)
    return made


class WebClient:
    """Keeps its connection; opens another one when that has been closed."""

    def __init__(self, namespace, timeout_s=ANSWER_TIMEOUT_S, address="", gateway=LAN_GATEWAY):
        self.namespace, self.timeout_s, self.address, self.gateway = namespace, timeout_s, address, gateway
        self.cookie = self.csrf = None
        self._connection = None

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def raw(self, port=HTTPS_PORT):
        """A TCP connection in the LAN's namespace."""
        with self.namespace.entered():
            return socket.create_connection((self.gateway, port), self.timeout_s, (self.address, 0))

    def tls(self, maximum=None):
        return context(maximum).wrap_socket(self.raw(), server_hostname="router.lan")

    def certificate(self):
        """What it shows, DER."""
        with self.tls() as connection:
            return connection.getpeercert(binary_form=True)

    def in_the_clear(self, path):
        """What port 80 answers; a redirection is not followed."""
        connection = http.client.HTTPConnection(self.gateway, timeout=self.timeout_s)
        connection.sock = self.raw(HTTP_PORT)
        connection.request("GET", path)
        answer = answer_of(connection.getresponse())
        connection.close()
        return answer

    def request(self, method, path, body=None, **headers):
        """`body`: bytes, or what becomes JSON. Once more if a kept connection had ended."""
        data, sent = self._prepare(body, headers)
        kept = self._connection is not None
        try:
            return self._exchange(method, path, data, sent)
        except (ConnectionError, http.client.BadStatusLine, ssl.SSLError):
            self.close()
            if not kept:
                raise
            return self._exchange(method, path, data, sent)

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None, **headers):
        return self.request("POST", path, body, **headers)

    def wait_ready(self):
        """Until it answers; what it answers first."""
        def answers():
            try:
                answer = self.get("/api/v1/session")
                return answer if answer.status == 200 else None
            except OSError:
                self.close()
                return None
        return wait_until(answers, READY_TIMEOUT_S, "webd to answer")

    def log_in(self, password=PASSWORD):
        """Sets the password if nobody has; returns the answer."""
        first = self.wait_ready().json["first_visit"]
        if first:
            answer = self.post("/api/v1/setup", {"password": password})
        else:
            answer = self.post("/api/v1/session", {"user": "admin", "password": password})
        if answer.status == 200:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
            self.csrf = answer.json["csrf"]
        return answer

    def _prepare(self, body, headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.cookie and "Cookie" not in sent:
            sent["Cookie"] = self.cookie
        if self.csrf and "X-CSRF-Token" not in sent:
            sent["X-CSRF-Token"] = self.csrf
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        return body, sent

    def _exchange(self, method, path, data, headers):
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(self.gateway, timeout=self.timeout_s)
            self._connection.sock = self.tls()
        self._connection.request(method, path, data, headers)
        response = self._connection.getresponse()
        answer = answer_of(response)
        if response.will_close:
            self.close()
        return answer
