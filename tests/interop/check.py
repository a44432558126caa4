"""Checks Archipel's formats with an implementation of its own.

    check.py vectors DIR           every golden vector under fixtures/vectors/v1
    check.py log FILE --origin O   an exported log: decodes every leaf, verifies every signature
                                   and recomputes the root; prints size and root
    check.py log FILE --expect F   the same, compared with the size, root and origin in F

A line of an exported log is a JSON object: either with the member `leaf`, in hexadecimal, and
perhaps `position`; or with `signature` and `statement`, as `archipel log export` writes them,
from which no root can be computed. `-` reads standard input. F may be an `instance.json`.
"""

import argparse
import json
import pathlib
import sys

import canonical
import ed25519
import statement
from canonical import Fault


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def data_of(vector, name="input"):
    """The bytes of a vector: as text, in hexadecimal, or as parts to repeat."""
    if name + "_hex" in vector:
        return bytes.fromhex(vector[name + "_hex"])
    if name + "_parts" in vector:
        return "".join(text * count for text, count in vector[name + "_parts"]).encode()
    return vector[name].encode()


def code_of(action, *arguments):
    try:
        action(*arguments)
    except Fault as error:
        return error.code
    return None


def equal(name, found, expected):
    if found != expected:
        raise SystemExit(f"{name}: {found!r}, expected {expected!r}")


def check_canonical(folder):
    for vector in read(folder / "vectors.json"):
        expected = vector["expect"].encode()
        equal(vector["name"], canonical.write(json.loads(vector["input"])), expected)
        equal(vector["name"], canonical.write(canonical.read(expected)), expected)
    for vector in read(folder / "bad_form.json"):
        equal(vector["name"], code_of(canonical.read, data_of(vector)), vector["code"])


def check_signatures(folder):
    for vector in read(folder / "speccheck.json"):
        parts = (bytes.fromhex(vector[n]) for n in ("public_key", "message", "signature"))
        accepted = code_of(ed25519.verify, *parts) is None
        equal(f"speccheck {vector['case']}", accepted, vector["accepted"])
    for vector in read(folder / "enrolment.json"):
        key = bytes.fromhex(vector["public_key"])
        equal(key.hex(), code_of(ed25519.check_key, key), vector.get("code"))
    for vector in read(folder / "tagged.json"):
        message = f"{vector['tag']}\n{vector['payload']}".encode()
        equal(vector["name"], message.hex(), vector["message_hex"])
        signature = ed25519.sign(bytes.fromhex(vector["seed"]), message)
        equal(vector["name"], signature.hex(), vector["signature"])
        key = bytes.fromhex(vector["public_key"])
        equal(vector["name"], code_of(ed25519.verify, key, message, signature), None)


def check_statements(folder):
    names = ("vectors", "votes", "draws", "mandates", "safeguards", "elections", "rotations")
    files = [f"{name}.json" for name in names]
    for vector in [vector for name in files for vector in read(folder / name)]:
        payload = vector["payload"].encode()
        signature = bytes.fromhex(vector["signature"])
        found = statement.verify(payload, signature, vector["origin"])
        named = {name: found.get(name) for name in vector["expect"]}
        equal(vector["name"], named, vector["expect"])
        equal(vector["name"], canonical.write(found), payload)
    for path in sorted(folder.glob("bad_*.json")):
        if path.name == "bad_beacons.json":
            continue  # Their signatures are on curves that are not written again here.
        for vector in read(path):
            payload = data_of(vector, "payload")
            signature = bytes.fromhex(vector["signature"])
            code = code_of(statement.verify, payload, signature, vector["origin"])
            equal(f"{path.name}: {vector['name']}", code, vector["code"])


def check_leaves(folder):
    for vector in read(folder / "vectors.json"):
        leaf = bytes.fromhex(vector["leaf"])
        parts = (
            vector["recorded_at"],
            bytes.fromhex(vector["key"]),
            bytes.fromhex(vector["signature"]),
            vector["payload"].encode(),
        )
        equal(vector["name"], statement.decode_leaf(leaf), parts)
        equal(vector["name"], statement.encode_leaf(*parts), leaf)
        equal(vector["name"], statement.leaf_hash(leaf).hex(), vector["leaf_hash"])
    for vector in read(folder / "bad_leaves.json"):
        code = code_of(statement.decode_leaf, data_of(vector, "leaf"))
        equal(vector["name"], code, vector["code"])
    for vector in read(folder / "tree.json"):
        hashes = [statement.leaf_hash(bytes.fromhex(leaf)) for leaf in vector["leaves"]]
        for size, expected in enumerate(vector["roots"]):
            equal(f"root of {size}", statement.root(hashes[:size]).hex(), expected)


def check_vectors(folder):
    check_canonical(folder / "canonical")
    check_signatures(folder / "signature")
    check_statements(folder / "statement")
    check_leaves(folder / "leaf")
    print("vectors: all agree")


def check_log(lines, origin):
    """Size and root of an exported log whose every entry verifies; no root without leaves."""
    hashes, ids, before, size = [], set(), None, 0
    for line in lines:
        if not line.strip():
            continue
        entry = json.loads(line)
        equal("position", entry.get("position", size), size)
        if "leaf" in entry:
            leaf = bytes.fromhex(entry["leaf"])
            recorded_at, key, signature, payload = statement.decode_leaf(leaf)
            equal(f"time at {size} goes on", before is None or recorded_at >= before, True)
            before = recorded_at
            hashes.append(statement.leaf_hash(leaf))
        else:
            payload = entry["statement"].encode()
            signature, key = bytes.fromhex(entry["signature"]), None
        found = statement.verify(payload, signature, origin, ed25519.fast)
        equal(f"key at {size}", key is None or found["key"] == key.hex(), True)
        equal(f"id at {size} is new", found["id"] not in ids, True)
        ids.add(found["id"])
        size += 1
    if size and not hashes:
        return size, None
    equal("leaves", len(hashes), size)
    return size, statement.root(hashes).hex()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    vectors = commands.add_parser("vectors")
    vectors.add_argument("folder", type=pathlib.Path)
    log = commands.add_parser("log")
    log.add_argument("file")
    log.add_argument("--origin")
    log.add_argument("--expect", type=pathlib.Path)
    options = parser.parse_args()
    if options.command == "vectors":
        return check_vectors(options.folder)
    expected = read(options.expect) if options.expect else {}
    origin = options.origin or expected.get("origin") or parser.error("--origin is needed")
    lines = sys.stdin if options.file == "-" else open(options.file, encoding="utf-8")
    size, root = check_log(lines, origin)
    equal("size", size, expected.get("size", size))
    equal("root", root, expected.get("root", root))
    print(f"log: {size} statements verify, " + (f"root {root}" if root else "leaves not given"))
    return None


if __name__ == "__main__":
    try:
        main()
    except Fault as error:
        sys.exit(f"refused: {error}")
