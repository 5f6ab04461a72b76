"""Writes the console's files as C: compressed but for pages, with type, ETag and what a browser may keep.

usage: python3 appliance/webd/files.py FOLDER > files_table.c

Without that folder there is one small page that says so.
"""

import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json",
         ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
         ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8"}
SMALL_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Bulkhead</title>
<h1>Bulkhead</h1><p>This image was built without the console's pages. The interface is at /api/v1.</p></html>
"""
PLAIN = {".html"}  # small, and the first that anybody, and any scanner, asks for
HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")  # how Vite names what never changes


def contents(folder):
    if not (folder / "index.html").exists():
        return {"/index.html": SMALL_PAGE}
    return {"/" + path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def array(number, content):
    lines = [", ".join(str(byte) for byte in content[at:at + 24]) for at in range(0, len(content), 24)]
    return f"static const unsigned char file_{number}[] = {{\n\t" + ",\n\t".join(lines) + ",\n};\n"


def main():
    files = contents(pathlib.Path(sys.argv[1]))
    print('#include "appliance/webd/files.h"\n')
    rows = []
    for number, (path, content) in enumerate(files.items()):
        suffix = pathlib.PurePosixPath(path).suffix
        kept = content if suffix in PLAIN else gzip.compress(content, 9, mtime=0)
        print(array(number, kept))
        kind = TYPES.get(suffix, "application/octet-stream")
        etag = hashlib.sha256(content).hexdigest()[:16]
        immutable = "true" if HASHED.search(path) else "false"
        compressed = "false" if suffix in PLAIN else "true"
        rows.append(f'\t{{ "{path}", "{kind}", "\\"{etag}\\"", {immutable}, {compressed}, file_{number}, {len(kept)} }},')
    print("const struct file files[] = {\n" + "\n".join(rows) + "\n};")
    print("const size_t files_count = sizeof(files) / sizeof(files[0]);")


main()
