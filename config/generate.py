"""The configuration's schema and factory default as C tables.

usage: generate.py SCHEMA FACTORY > TABLES.c
       generate.py --reference SCHEMA > REFERENCE.md
       generate.py --places SCHEMA > PLACES.c

Knows the part of JSON Schema that schema.json uses, and refuses any other, so
that nothing written there is silently not checked. The structures are those of
services/config/schema.h and services/console/place.h.
"""

import json
import sys

KNOWN = {"$schema", "$defs", "$ref", "title", "description", "examples", "default", "type",
         "additionalProperties", "required", "properties", "maxItems", "items", "enum", "format",
         "anyOf", "minimum", "maximum", "maxLength", "maxProperties", "writeOnly"}
FORMATS = {None: "FORMAT_NONE", "ipv4": "FORMAT_IPV4", "ipv4-interface": "FORMAT_INTERFACE",
           "ipv4-network": "FORMAT_NETWORK", "port-range": "FORMAT_PORT_RANGE",
           "mac-address": "FORMAT_MAC", "host-label": "FORMAT_LABEL",
           "host": "FORMAT_HOST", "email": "FORMAT_EMAIL", "line": "FORMAT_LINE", "token": "FORMAT_TOKEN",
           "recovery-step": "FORMAT_STEP"}
LENGTH_MAX = 64
TEXT_COLUMNS = 80


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


def loaded(schema_path):
    with open(schema_path, encoding="utf-8") as file:
        return json.load(file)


def resolved(schema, document):
    """With what it refers to; what it says itself goes before that."""
    if "$ref" not in schema:
        return schema
    *_, name = schema["$ref"].split("/")
    return {**document["$defs"][name], **{key: schema[key] for key in schema if key != "$ref"}}


def below(schema):
    """(step of a place, schema) of all that it holds."""
    yield from schema.get("properties", {}).items()
    if isinstance(schema.get("additionalProperties"), dict):
        yield "NAME", schema["additionalProperties"]
    if "items" in schema:
        yield "N", schema["items"]


class Tables:
    """Writes each schema behind those it needs, and names it by its place."""

    def __init__(self, document):
        self.document = document
        self.lines = []

    def resolve(self, schema):
        unknown = set(schema) - KNOWN
        if unknown:
            raise SystemExit(f"schema: '{unknown.pop()}' is not understood here")
        return resolved(schema, self.document)

    def write(self, schema, name):
        schema = self.resolve(schema)
        variants = [self.resolve(variant) for variant in schema.get("anyOf", [schema])]
        fields = {}
        for variant in variants:
            fields.update(getattr(self, variant["type"])(variant, name))
        fields["kinds"] = " | ".join(f"SCHEMA_{variant['type'].upper()}" for variant in variants)
        body = ",\n".join(f"\t.{key} = {value}" for key, value in fields.items())
        self.lines.append(f"static const struct schema {name} = {{\n{body},\n}};\n")
        return name

    def object(self, schema, name):
        if isinstance(schema.get("additionalProperties"), dict):
            return {"items": f"&{self.write(schema['additionalProperties'], name + '_value')}",
                    "items_max": schema["maxProperties"]}
        if schema.get("additionalProperties") is not False:
            raise SystemExit(f"schema: {name} has to forbid additional properties")
        members = []
        for key, value in schema["properties"].items():
            required = "true" if key in schema.get("required", []) else "false"
            members.append(f"\t{{ {quoted(key)}, &{self.write(value, f'{name}_{key}')}, {required} }},")
        self.lines.append(f"static const struct schema_member {name}_members[] = {{")
        self.lines += members + ["};\n"]
        return {"members": f"{name}_members", "member_count": len(members)}

    def array(self, schema, name):
        return {"items": f"&{self.write(schema['items'], name + '_item')}",
                "items_max": schema["maxItems"]}

    def string(self, schema, name):
        fields = {"format": FORMATS[schema.get("format")],
                  "length_max": schema.get("maxLength", LENGTH_MAX)}
        if schema.get("writeOnly"):
            fields["secret"] = "true"
        if "enum" in schema:
            words = ", ".join(quoted(word) for word in schema["enum"])
            self.lines.append(f"static const char *const {name}_words[] = {{ {words} }};\n")
            fields.update(words=f"{name}_words", word_count=len(schema["enum"]))
        return fields

    def integer(self, schema, _name):
        return {"minimum": schema["minimum"], "maximum": schema["maximum"]}

    def boolean(self, _schema, _name):
        return {}


def text_lines(text):
    pieces = [text[at:at + TEXT_COLUMNS] for at in range(0, len(text), TEXT_COLUMNS)]
    return "\n".join(f"\t{quoted(piece)}" for piece in pieces)


def allowed(schema, document):
    """What a value may be, in words."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        return " or ".join(("a list of " if variant.get("type") == "array" else "") + allowed(variant, document)
                           for variant in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if schema["type"] == "integer":
        return f"{schema['minimum']} to {schema['maximum']}"
    if schema["type"] == "array":
        return f"at most {schema['maxItems']}"
    return {"boolean": "`true`, `false`", "string": schema.get("format", "text"), "object": ""}[schema["type"]]


def reference_rows(schema, document, place=""):
    """A row of the reference for the schema at `place`, and for all below it."""
    schema = resolved(schema, document)
    default = f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
    if place:
        yield f"| `{place}` | {allowed(schema, document)} | {default} | {schema.get('description', '')} |"
    for step, held in below(schema):
        yield from reference_rows(held, document, f"{place}/{step}")


def reference(schema_path):
    document = loaded(schema_path)
    print(f"# {document['title']}\n\n{document['description']}\n")
    print("| place | allowed | if left out | |\n|---|---|---|---|")
    print("\n".join(reference_rows(document, document)))


def place_words(schema):
    """The values that can be listed, with a bar between."""
    if schema.get("type") == "boolean":
        return "true|false"
    return "|".join(schema.get("enum", [word for one in schema.get("anyOf", []) for word in one.get("enum", [])]))


def place_allowed(schema, document):
    """What a value may be, in words for people."""
    if schema.get("type") == "string" and "enum" not in schema:
        return f"such as {schema['examples'][0]}" if "examples" in schema else "text"
    said = allowed(schema, document).replace("`", "").replace("port-range", "a range such as 8000-8010")
    return said.replace("ipv4-network", f"such as {schema.get('examples', [''])[0]}")


def place_rows(schema, document, place=""):
    """A row for each value below `place` that is no list or group itself."""
    schema = resolved(schema, document)
    held = list(below(schema))
    for step, one in held:
        yield from place_rows(one, document, f"{place}/{step}")
    if not held:
        said = place_allowed(schema, document)
        if "default" in schema:
            said += f"; {json.dumps(schema['default'])} if left out"
        yield ", ".join(quoted(text) for text in (place, place_words(schema), said, schema.get("description", "")))


def places(schema_path):
    document = loaded(schema_path)
    print(f"/* Generated from {schema_path}. */\n#include \"services/console/place.h\"\n")
    print("const struct place places[] = {")
    print("\n".join(f"\t{{ {row} }}," for row in place_rows(document, document)))
    print("};\nconst unsigned place_count = sizeof(places) / sizeof(places[0]);")


def main(schema_path, factory_path):
    document = loaded(schema_path)
    with open(factory_path, encoding="utf-8") as file:
        factory = file.read()
    tables = Tables(document)
    name = tables.write(document, "configuration")
    print(f"/* Generated from {schema_path} and {factory_path}. */")
    print('#include "services/config/schema.h"\n')
    print("\n".join(tables.lines))
    print(f"const struct schema *const schema_configuration = &{name};\n")
    print(f"const char schema_factory[] =\n{text_lines(factory)};")
    print(f"const size_t schema_factory_bytes = {len(factory.encode())};")
    text = json.dumps(document, separators=(",", ":"))
    print(f"const char schema_text[] =\n{text_lines(text)};")
    print(f"const size_t schema_text_bytes = {len(text)};")


if __name__ == "__main__":
    if sys.argv[1] == "--reference":
        reference(sys.argv[2])
    elif sys.argv[1] == "--places":
        places(sys.argv[2])
    else:
        main(*sys.argv[1:])
