"""A mail server for the tests: aiosmtpd, with TLS and AUTH, behind a certificate of the tests' authority."""

import asyncio
import socket
import ssl
import subprocess
import threading

from aiosmtpd.smtp import SMTP, AuthResult

from tests.harness.paths import TEST_ISO

AUTHORITY = TEST_ISO.parent / "alertd"  # made with the image, which trusts it


def certificate(folder, name, days=30):
    """A certificate of the tests' authority for the DNS name; returns files of it and of its key."""
    key, request, made = folder / f"{name}.key", folder / f"{name}.csr", folder / f"{name}.crt"
    extensions = folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName=DNS:{name}\n")
    for argv in (["req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request],
                 ["x509", "-req", "-in", request, "-CA", AUTHORITY / "authority.crt", "-CAkey",
                  AUTHORITY / "authority.key", "-CAcreateserial", "-CAserial", folder / "serial", "-days", str(days),
                  "-extfile", extensions, "-out", made]):
        subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True, timeout=60)
    return made, key


class Mailbox:
    """What came, and who logged in; `refuse` is the reply to a mail in place of taking it."""

    def __init__(self, user="router", password="it's a secret"):
        self.mails, self.logins, self.refuse = [], [], None
        self._user, self._password = user.encode(), password.encode()
        self.arrived = threading.Event()

    async def handle_DATA(self, server, _session, envelope):
        if self.refuse:
            return self.refuse
        secure = server.transport.get_extra_info("sslcontext") is not None
        self.mails.append((secure, envelope.mail_from, envelope.rcpt_tos, envelope.content.decode("ascii")))
        self.arrived.set()
        return "250 taken"

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        good = (data.login, data.password) == (self._user, self._password)
        self.logins.append((mechanism, good))
        return AuthResult(success=good)


class MailServer:
    """security: "none", "starttls" or "tls". The server runs in a thread with a loop of its own."""

    def __init__(self, namespace, address, port, security, files=None):
        self.mailbox = Mailbox()
        self._security, self._context = security, None
        if files:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(*map(str, files))
        with namespace.entered():
            self._socket = socket.create_server((address, port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self.mailbox

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._socket.close()

    def _protocol(self):
        login, switched = self._security != "none", self._security == "starttls"
        return SMTP(self.mailbox, hostname="mail.example", loop=self._loop,
                    authenticator=self.mailbox.authenticate if login else None, auth_required=login,
                    auth_require_tls=switched, tls_context=self._context if switched else None,
                    require_starttls=switched)

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(
            self._protocol, sock=self._socket, ssl=self._context if self._security == "tls" else None))
        self._loop.run_forever()
        server.close()
