"""Audits a published log with an implementation of its own (docs/spec/audit.md).

    audit.py SOURCE --vkey FILE [--expect FILE]

SOURCE is a directory as `archipel log export --tiles` writes it, or an HTTP prefix such as
http://host/log. Checked: the checkpoint, every bundle and leaf, every signature and proof, ids,
times, that each act is signed with a key that its author had at that place, every tile of every
level, the founding key, the root. Not checked: the other rules. --expect is the JSON of an
`archipel audit verify`, whose origin, size and root must be the same.

Exit code 3 and one line for the first fault.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
import urllib.error
import urllib.request

import ed25519
import statement
from canonical import Fault


class Refused(Exception):
    """What is wrong, and at which position if it is about one."""

    def __init__(self, code, position=None, detail=""):
        super().__init__(f"{code} {detail}".strip() + ("" if position is None else f" at {position}"))


def reader(source):
    """A function from a path below the log's prefix to its bytes, or None."""
    if source.startswith("http"):

        def fetch(path):
            try:
                with urllib.request.urlopen(f"{source.rstrip('/')}/{path}", timeout=30) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code == 404:
                    return None
                raise Refused("fetch", detail=f"{path}: {error}") from error

        return fetch

    def load(path):
        file = pathlib.Path(source, path)
        return file.read_bytes() if file.is_file() else None

    return load


def verifier_key(text):
    """Name, id and public key of `name+id+base64` (c2sp.org/signed-note)."""
    name, key_id, key = text.strip().split("+", 2)
    raw = base64.b64decode(key, validate=True)
    if raw[0] != 1 or len(raw) != 33:
        raise Refused("vkey")
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if bytes.fromhex(key_id) != expected:
        raise Refused("vkey")
    return name, expected, raw[1:]


def checkpoint(note, key):
    """Size and root of a checkpoint that the log has signed."""
    name, key_id, public = key
    try:
        text, signatures = note.decode().split("\n\n", 1)
        text += "\n"
        origin, size, root = text.split("\n")[:3]
        if origin != name or text.count("\n") != 3 or str(int(size)) != size:
            raise Refused("checkpoint")
        for line in signatures.splitlines():
            dash, who, signature = line.split(" ")
            raw = base64.b64decode(signature, validate=True)
            if dash == "—" and who == name and raw[:4] == key_id:
                ed25519.fast(public, text.encode(), raw[4:])
                return int(size), base64.b64decode(root, validate=True)
    except (ValueError, Fault) as error:
        raise Refused("checkpoint", detail=str(error)) from error
    raise Refused("checkpoint", detail="not signed by the log")


def path_of(kind, index, width):
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    partial = "" if width == 256 else f".p/{width}"
    return f"tile/{kind}/{'/'.join(reversed(groups))}{partial}"


def tile(fetch, kind, index, width):
    """The bytes of a tile or bundle of this width or, where that is gone, of the full one."""
    for some in dict.fromkeys((width, 256)):
        data = fetch(path_of(kind, index, some))
        if data is not None:
            return data, some
    level = 0 if kind == "entries" else kind
    raise Refused("tile", index << 8 * (level + 1), path_of(kind, index, width) + " is missing")


def entries(fetch, index, width):
    """The first `width` entries of a bundle, each with the fault of the bundle behind them."""
    data, shown = tile(fetch, "entries", index, width)
    at, found = 0, []
    while at + 2 <= len(data) and len(found) < shown:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            break
        found.append(data[at + 2 : end])
        at = end
    whole = at == len(data) and len(found) == shown
    yield from found[:width]
    if not whole:
        raise Refused("tile", 256 * index + len(found), path_of("entries", index, shown))


class Roster:
    """Who may sign: the keys of each member, by the acts that give and take them."""

    def __init__(self):
        self.owner, self.revoked, self.left, self.registrar = {}, set(), set(), None

    def check(self, act):
        """That the author has the key, before the act."""
        if act["act"] in ("call.signed/1", "call.withdrawn/1"):
            return  # By whoever holds a key of their own, a member or not.
        key = act["key"]
        if act["act"] != "instance.founded/1":
            if key not in self.owner:
                raise Fault("key.unknown")
            if self.owner[key] != act["author"]:
                raise Fault("key.not-authors")
            if key in self.revoked:
                raise Fault("key.revoked")
            if act["author"] in self.left:
                raise Fault("author.left")
        elif self.registrar:
            raise Fault("instance.already-founded")

    def take(self, act):
        kind, body = act["act"], act["body"]
        if kind == "instance.founded/1":
            self.registrar = body["registrar"]
            self.owner[body["registrar"]] = body["instance"]
            for founder in body["founders"]:
                self.owner[founder["key"]] = founder["member"]
        elif kind in ("member.admitted/1", "key.enrolled/1", "key.rotated/1"):
            if body["key"] in self.owner:
                raise Fault("key.in-use")
            self.owner[body["key"]] = body["member"]
            if kind == "key.rotated/1":
                self.revoked.add(act["key"])
        elif kind == "request.carried/1":
            self.take(act | {"act": body["act"], "body": body["body"]})
        elif kind == "key.recovered/1":
            self.revoked |= {key for key, owner in self.owner.items() if owner == body["member"]}
            self.owner[body["key"]] = body["member"]
        elif kind == "key.revoked/1":
            self.revoked.add(body["key"])
        elif kind == "member.left/1":
            self.left.add(body["member"])


class Tiles:
    """Compares each tile that the leaves complete with what is shown."""

    def __init__(self, fetch):
        self.fetch, self.rows = fetch, []

    def push(self, leaf, count, level=0):
        if level == len(self.rows):
            self.rows.append([])
        row = self.rows[level]
        row.append(leaf)
        if len(row) == 256:
            self.compare(level, count // 256 - 1, row)
            self.push(statement.root(row), count // 256, level + 1)
            row.clear()

    def compare(self, level, index, row):
        data, shown = tile(self.fetch, level, index, len(row))
        ours = b"".join(row)
        if len(data) != 32 * shown or not data.startswith(ours):
            same = next((i for i, one in enumerate(row) if data[32 * i : 32 * i + 32] != one), len(row))
            position = (256 * index + same) << 8 * level
            raise Refused("tile", position, path_of(level, index, shown))

    def finish(self, size):
        for level, row in enumerate(self.rows):
            if row:
                self.compare(level, size >> 8 * (level + 1), row)


def check_files(source, fetch, size):
    """That whatever else lies in a directory is part of a tile, or beyond the checkpoint."""
    root = pathlib.Path(source, "tile")
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        name = file.relative_to(root).as_posix()
        plain, _, partial = name.partition(".p/")
        kind, *groups = plain.split("/")
        try:
            kind = kind if kind == "entries" else int(kind)
            index = int("".join(group.removeprefix("x") for group in groups))
            width = int(partial or 256)
            known = path_of(kind, index, width) == f"tile/{name}"
        except ValueError:
            known = False
        if not known:
            raise Refused("tile", detail=f"{name} is no tile")
        level = 0 if kind == "entries" else kind
        there = size >> 8 * level
        if 256 * index + width > there:
            continue
        whole, _ = tile(fetch, kind, index, min(256, there - 256 * index))
        data = file.read_bytes()
        if not (whole.startswith(data) or data.startswith(whole)):
            raise Refused("tile", detail=f"{name} is not part of the tile")
        if kind == "entries":
            list(entries(lambda path, held=data: held, index, width))
        elif len(data) != 32 * width:
            raise Refused("tile", detail=name)


def audit(source, key):
    """Origin, size and root of a log in which nothing is wrong."""
    fetch = reader(source)
    note = fetch("checkpoint")
    if note is None:
        raise Refused("checkpoint", detail="there is none")
    size, root = checkpoint(note, key)
    origin, ids, before = key[0], set(), None
    roster, tiles, hashes = Roster(), Tiles(fetch), []
    for index in range((size + 255) // 256):
        width = min(256, size - 256 * index)
        for offset, leaf in enumerate(entries(fetch, index, width)):
            position = 256 * index + offset
            try:
                recorded_at, signer, signature, payload = statement.decode_leaf(leaf)
                act = statement.verify(payload, signature, origin, ed25519.fast)
                if act["key"] != signer.hex():
                    raise Fault("leaf.other-key")
                if before is not None and recorded_at < before:
                    raise Fault("leaf.time-goes-back")
                roster.check(act)
                roster.take(act)
                if act["id"] in ids:
                    raise Fault("statement.id-conflict")
            except Fault as error:
                raise Refused(error.code, position) from error
            ids.add(act["id"])
            before = recorded_at
            hashes.append(statement.leaf_hash(leaf))
            tiles.push(hashes[-1], position + 1)
    if size and bytes.fromhex(roster.registrar or "") != key[2]:
        raise Refused("key", detail="the log names another key")
    tiles.finish(size)
    if statement.root(hashes) != root:
        raise Refused("root")
    if not source.startswith("http"):
        check_files(source, fetch, size)
    return {"origin": origin, "size": size, "root": root.hex()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--vkey", required=True, type=pathlib.Path)
    parser.add_argument("--expect", type=pathlib.Path)
    options = parser.parse_args()
    try:
        report = audit(options.source, verifier_key(options.vkey.read_text()))
    except Refused as error:
        print(f"refused: {error}")
        sys.exit(3)
    if options.expect:
        expected = json.loads(options.expect.read_text())
        for name, found in report.items():
            if expected[name] != found:
                print(f"{name}: {found}, expected {expected[name]}")
                sys.exit(3)
    print(f"audit: {report['size']} entries, root {report['root']}")


if __name__ == "__main__":
    main()
