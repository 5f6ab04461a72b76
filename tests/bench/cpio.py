"""An archive that Linux unpacks as its initramfs: cpio, "newc" (linux/Documentation, buffer-format.rst)."""

from pathlib import PurePosixPath

_DIRECTORY, _FILE = 0o040755, 0o100000
_FIELDS = 13


class Archive:
    """Files and the folders they lie in, in the order in which they were added."""

    def __init__(self):
        self._content = bytearray()
        self._folders = set()
        self._entries = 0

    def file(self, path, content, mode=0o644):
        """Adds the file `path`, which begins with a slash."""
        for folder in reversed(PurePosixPath(path).parents):
            self._folder(str(folder))
        self._entry(path.lstrip("/"), _FILE | mode, content)

    def bytes(self):
        """The archive; nothing can be added behind its end."""
        return bytes(self._content) + _entry(0, "TRAILER!!!", 0, b"")

    def _folder(self, path):
        if path != "/" and path not in self._folders:
            self._folders.add(path)
            self._entry(path.lstrip("/"), _DIRECTORY, b"")

    def _entry(self, name, mode, content):
        self._entries += 1
        self._content += _entry(self._entries, name, mode, content)


def _entry(inode, name, mode, content):
    encoded = name.encode() + b"\0"
    fields = [0] * _FIELDS
    fields[0], fields[1], fields[4] = inode, mode, 1
    fields[6], fields[11] = len(content), len(encoded)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
    return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)
