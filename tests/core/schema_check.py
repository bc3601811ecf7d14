"""Compares the schemas on standard input with the tables that they were made from.

The input is one JSON document {"schemas": [..], "all": .., "expected": [..]}; expected holds,
value by value, what the program read from the table itself. Prints what differs, and
answers 1 then."""
import json
import sys

faults = []


def kind(value):
    """JSON has one kind of number."""
    return float if type(value) is int else type(value)


def same(what, expected, actual):
    if expected != actual or kind(expected) is not kind(actual):
        faults.append("%s: expected %r, got %r" % (what, expected, actual))


def check_param(name, expected, schema):
    same(name + " description", expected["doc"], schema.get("description"))
    same(name + " default", expected["default"], schema.get("default"))
    same(name + " x-number", expected["number"], schema.get("x-number"))
    same(name + " x-unit", expected["unit"], schema.get("x-unit"))
    same(name + " x-sweep", expected["sweep"], schema.get("x-sweep", False))
    same(name + " x-advanced", expected["advanced"], schema.get("x-advanced", False))
    value = schema
    if expected["sweep"]:
        value = schema["anyOf"][0]
        same(name + " axis", "string", schema["anyOf"][1]["type"])
        same(name + " alternatives", 2, len(schema["anyOf"]))
    types = {"bool": "boolean", "int": "integer", "float": "number", "text": "string",
             "choice": "string"}
    same(name + " type", types[expected["type"]], value.get("type"))
    same(name + " minimum", expected["min"], value.get("minimum"))
    same(name + " maximum", expected["max"], value.get("maximum"))
    same(name + " enum", expected["choices"], value.get("enum"))


def check_port(name, expected, actual):
    for key in ("name", "description", "unit", "dtype", "shape"):
        same(name + " " + key, expected[key], actual.get(key))
    for key in ("ragged", "optional", "extra"):
        same(name + " " + key, expected[key], actual.get(key, False))


def check_op(expected, schema):
    name = expected["name"]
    for key, want in (("title", expected["title"]), ("description", expected["doc"]),
                      ("x-op", name), ("x-since", expected["since"]), ("type", "object"),
                      ("x-item", expected["item"]), ("additionalProperties", False)):
        same(name + " " + key, want, schema.get(key))
    same(name + " x-tolerance", float(expected["tolerance"]), float(schema["x-tolerance"]))
    same(name + " properties", list(expected["params"]), list(schema["properties"]))
    for key, param in expected["params"].items():
        check_param(name + "." + key, param, schema["properties"][key])
    for key in ("inputs", "outputs"):
        actual = schema["x-" + key]
        same(name + " " + key, [p["name"] for p in expected[key]], [p["name"] for p in actual])
        for want, port in zip(expected[key], actual):
            check_port(name + "." + want["name"], want, port)


def no_twins(pairs):
    """json keeps the last of two members of one name; here two are a fault."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        faults.append("a member is there twice in %r" % names)
    return dict(pairs)


document = json.load(sys.stdin, object_pairs_hook=no_twins)
DRAFT = "https://json-schema.org/draft/2020-12/schema"
ops = document["expected"]
for op, one in zip(ops, document["schemas"]):
    same("$schema", DRAFT, one.pop("$schema"))
    check_op(op, one)
same("$schema of all", DRAFT, document["all"]["$schema"])
same("$defs", [op["name"] for op in ops], list(document["all"]["$defs"]))
for op, one in zip(ops, document["schemas"]):
    same("$defs " + op["name"], one, document["all"]["$defs"][op["name"]])
print("\n".join(faults) if faults else "%d operations agree" % len(ops))
sys.exit(1 if faults or not ops else 0)
