"""Writes certificates of authorities as C: each as DER, and where in it its name stands.

usage: python3 appliance/alertd/authorities.py FILE.crt... > authorities_table.c
"""

import pathlib
import re
import ssl
import sys

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.S)
VERSION_TAG = 0xA0  # [0] EXPLICIT, RFC 5280, 4.1
BEFORE_SUBJECT = 4  # serial number, signature, issuer, validity


def element(der, at):
    """Where the contents of the element at `at` begin and end."""
    length, begin = der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, begin = int.from_bytes(der[begin:begin + count], "big"), begin + count
    return begin, begin + length


def subject(der):
    """Place and length of the subject's name."""
    at, _ = element(der, 0)  # TBSCertificate
    at, _ = element(der, at)
    if der[at] == VERSION_TAG:
        _, at = element(der, at)
    for _ in range(BEFORE_SUBJECT):
        _, at = element(der, at)
    return at, element(der, at)[1] - at


def array(number, der):
    lines = [", ".join(str(byte) for byte in der[at:at + 24]) for at in range(0, len(der), 24)]
    return f"static const unsigned char der_{number}[] = {{\n\t" + ",\n\t".join(lines) + ",\n};\n"


def main():
    found = [ssl.PEM_cert_to_DER_cert(pem) for name in sorted(sys.argv[1:])
             for pem in PEM.findall(pathlib.Path(name).read_text(encoding="ascii", errors="replace"))]
    assert found, "no authorities: is ca-certificates installed?"
    print('#include "appliance/alertd/authorities.h"\n')
    for number, der in enumerate(found):
        print(array(number, der))
    print("const struct authority authorities[] = {")
    for number, der in enumerate(found):
        print(f"\t{{ der_{number}, sizeof(der_{number}), {subject(der)[0]}, {subject(der)[1]} }},")
    print(f"}};\nconst unsigned authority_count = {len(found)};")


if __name__ == "__main__":
    main()
