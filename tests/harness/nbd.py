"""A disk over a socket that falls silent: a server of the NBD protocol for QEMU.

The protocol is the NBD project's doc/proto.md: the newstyle negotiation, of which QEMU needs GO, and
simple replies. While the disk is silent a request is kept, and refused only after a patience longer
than any driver's: a reset of QEMU's IDE disk waits for the request under way, with the whole machine.
"""

import socket
import struct
import threading

MAGIC, OPTION_MAGIC, REPLY_MAGIC = b"NBDMAGIC", b"IHAVEOPT", 0x3e889045565a9
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPTION_ABORT, OPTION_GO = 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, 0x80000001
INFO_EXPORT = 0
HAS_FLAGS, SENDS_FLUSH, SENDS_FUA = 1, 4, 8
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
REFUSED = 5  # EIO
REQUEST = struct.Struct(">IHHQQI")
END_S = 5


class NbdDisk:
    """Serves the file; `patience_s` is how long a request is kept while the disk is silent."""

    def __init__(self, path, patience_s):
        self._path, self._patience_s = path, patience_s
        self._socket_path = path.with_suffix(".sock")
        self._changed = threading.Condition()
        self._silent, self.kept = False, 0  # `kept`: requests that found it silent
        self._listener = socket.socket(socket.AF_UNIX)
        self._connections, self._threads = [], []

    @property
    def url(self):
        """For a -drive of QEMU's."""
        return f"nbd+unix:///?socket={self._socket_path}"

    def __enter__(self):
        self._listener.bind(str(self._socket_path))
        self._listener.listen()
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self.answer_again()
        for end in (self._listener, *self._connections):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself
            end.close()
        for thread in self._threads:
            thread.join(END_S)

    def fall_silent(self):
        with self._changed:
            self._silent = True

    def answer_again(self):
        with self._changed:
            self._silent = False
            self._changed.notify_all()

    def wait_kept(self, count, timeout_s):
        """Until it has kept that many requests."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.kept >= count, timeout_s), f"{self.kept} requests of {count}"

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection):
        try:
            with connection.makefile("rwb") as stream, open(self._path, "r+b") as disk:
                if self._negotiate(stream):
                    while self._answer(stream, disk):
                        pass
        except (OSError, EOFError):
            pass  # QEMU has ended

    # --- Negotiation

    def _negotiate(self, stream):
        stream.write(MAGIC + OPTION_MAGIC + struct.pack(">H", FIXED_NEWSTYLE | NO_ZEROES))
        stream.flush()
        _exactly(stream, 4)
        while True:
            magic, option, length = struct.unpack(">8sII", _exactly(stream, 16))
            assert magic == OPTION_MAGIC, magic
            _exactly(stream, length)
            if option == OPTION_GO:
                size = self._path.stat().st_size
                export = struct.pack(">HQH", INFO_EXPORT, size, HAS_FLAGS | SENDS_FLUSH | SENDS_FUA)
                _option_reply(stream, option, REPLY_INFO, export)
            known = option in (OPTION_GO, OPTION_ABORT)
            _option_reply(stream, option, REPLY_ACK if known else REPLY_UNSUPPORTED)
            if known:
                return option == OPTION_GO

    # --- Requests

    def _answer(self, stream, disk):
        magic, _, kind, handle, offset, length = REQUEST.unpack(_exactly(stream, REQUEST.size))
        assert magic == REQUEST_MAGIC, hex(magic)
        data = _exactly(stream, length) if kind == WRITE else b""
        if kind == DISCONNECT:
            return False
        error, got = REFUSED, b""
        if self._is_willing():
            error, got = 0, _carry_out(disk, kind, offset, length, data)
        stream.write(struct.pack(">IIQ", ANSWER_MAGIC, error, handle) + got)
        stream.flush()
        return True

    def _is_willing(self):
        """False: it was silent when the request came, which is over now."""
        with self._changed:
            if not self._silent:
                return True
            self.kept += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._silent, self._patience_s)
            return False


def _carry_out(disk, kind, offset, length, data):
    disk.seek(offset)
    if kind == READ:
        return disk.read(length)
    if kind == WRITE:
        disk.write(data)
    disk.flush()
    return b""


def _option_reply(stream, option, kind, data=b""):
    stream.write(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)
    stream.flush()


def _exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
