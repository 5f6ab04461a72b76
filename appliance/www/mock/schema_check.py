"""Checks a document against the configuration's schema, as far as the mock needs: the first fault."""

import ipaddress
import re

from mock.problem import Refused

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}


def _is_kind(value, kind):
    return isinstance(value, KINDS[kind]) and not (kind == "integer" and isinstance(value, bool))


def _ipv4(value):
    return ipaddress.IPv4Address(value)


def _interface(value):
    if "/" not in value:
        raise ValueError(value)
    return ipaddress.IPv4Interface(value)


FORMATS = {
    "ipv4": (_ipv4, "an address like 192.168.1.20 is expected"),
    "ipv4-interface": (_interface, "an address with a length, like 192.168.1.1/24, is expected"),
    "ipv4-network": (lambda v: ipaddress.IPv4Network(v, strict=False), "an address or a network is expected"),
    "mac-address": (lambda v: re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", v, re.I)[0],
                    "a MAC address like 52:54:00:12:34:56 is expected"),
    "email": (lambda v: re.fullmatch(r"[^@\s]+@[^@\s]+", v)[0], "a mail address is expected"),
}


def check(root, schema, value, path=""):
    """Raises Refused with the place and the reason."""
    if "$ref" in schema:
        schema = {**root["$defs"][schema["$ref"].rsplit("/", 1)[1]], **schema}
    if "anyOf" in schema:
        return _check_any(root, schema["anyOf"], value, path)
    kind = schema.get("type")
    if kind and not _is_kind(value, kind):
        raise Refused(path, f"{kind} expected")
    if "enum" in schema and value not in schema["enum"]:
        raise Refused(path, "one of " + ", ".join(map(str, schema["enum"])) + " is expected")
    if isinstance(value, dict):
        _check_object(root, schema, value, path)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            raise Refused(path, f"at most {schema['maxItems']} entries")
        for index, item in enumerate(value):
            check(root, schema.get("items", {}), item, f"{path}/{index}")
    elif isinstance(value, str):
        _check_text(schema, value, path)
    elif not isinstance(value, bool):
        _check_number(schema, value, path)
    return None


def _check_any(root, schemas, value, path):
    refusals = []
    for one in schemas:
        try:
            return check(root, one, value, path)
        except Refused as refused:
            refusals.append(refused)
    raise refusals[0]


def _check_object(root, schema, value, path):
    known = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in value:
            raise Refused(f"{path}/{key}", "is needed")
    for key, inner in value.items():
        given = known.get(key, schema.get("additionalProperties", {}))
        if given is False:
            raise Refused(f"{path}/{key}", "there is no such setting")
        check(root, given, inner, f"{path}/{key}")


def _check_text(schema, value, path):
    if len(value) > schema.get("maxLength", len(value)):
        raise Refused(path, f"at most {schema['maxLength']} characters")
    if schema.get("format") in FORMATS:
        parse, reason = FORMATS[schema["format"]]
        try:
            parse(value)
        except (ValueError, TypeError):
            raise Refused(path, f"'{value}': {reason}") from None


def _check_number(schema, value, path):
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if not low <= value <= high:
        raise Refused(path, f"{value}: from {low} to {high} is expected")
