"""Statements, leaves and the tree over them (docs/spec/statement.md, leaf.md, log.md)."""

import base64
import hashlib
import struct

import canonical
import ed25519
from acts import BODIES, CONDITION, HASH, TIME, UUID, text
from canonical import Fault, fault

STATEMENT_TAG = b"archipel/v1/statement\n"
PROOF_TAG = b"archipel/v1/key-proof\n"
ID_SKEW_MS_MAX = 300_000
KEYS = ("member.admitted/1", "key.enrolled/1", "key.rotated/1", "key.recovered/1")
HEAD = struct.Struct(">Hq32s64sQ")

MEMBERS = {
    "act": text,
    "as": UUID,
    "author": UUID,
    "body": lambda body: None,
    "id": UUID,
    "if": CONDITION,
    "issued_at": TIME,
    "key": HASH,
    "origin": text,
}


def parse(payload):
    """The statement of a payload, or the first fault."""
    value = canonical.read(payload)
    if not isinstance(value, dict):
        raise fault("wrong-type")
    for name, item in value.items():
        if name not in MEMBERS:
            raise fault("unknown-member", name)
        MEMBERS[name](item)
        if name == "body" and value.get("act") in BODIES:
            BODIES[value["act"]](item)
    for name in MEMBERS:
        if name not in value and name not in ("as", "if"):
            raise fault("missing-member", name)
    if value["act"] not in BODIES:
        raise fault("unknown-act", value["act"])
    number = int(value["id"].replace("-", ""), 16)
    if number >> 76 & 15 != 7 or number >> 62 & 3 != 2:
        raise fault("id-version")
    if abs((number >> 80) - value["issued_at"]) > ID_SKEW_MS_MAX:
        raise fault("id-time")
    return value


def proofs(statement):
    """The proofs of possession that a statement carries: key, owner, proof."""
    body = statement["body"]
    if statement["act"] == "instance.founded/1":
        found = [(f["key"], f["member"], f["proof"]) for f in body["founders"]]
        return found + [(body["registrar"], body["instance"], body["registrar_proof"])]
    if statement["act"] in KEYS:
        return [(body["key"], body["member"], body["proof"])]
    if statement["act"] in ("request.opened/1", "request.carried/1"):
        return proofs(body)
    return []


def possession(origin, owner, key):
    return PROOF_TAG + f"{origin}\n{owner}\n{key}".encode()


def checkpoint(body):
    """The text that another log has signed."""
    root = base64.b64encode(bytes.fromhex(body["root"])).decode()
    return f"{body['origin']}\n{body['size']}\n{root}\n".encode()


def verify(payload, signature, origin, verdict=ed25519.verify):
    """Everything that needs no state, in the order of the specification."""
    statement = parse(payload)
    if statement["origin"] != origin:
        raise fault("wrong-origin")
    key = bytes.fromhex(statement["key"])
    if ed25519.decode(key) is None:
        raise Fault("key.not-canonical")
    verdict(key, STATEMENT_TAG + payload, signature)
    if statement["act"] in ("call.signed/1", "call.withdrawn/1"):
        ed25519.check_key(key)
    for key, owner, proof in proofs(statement):
        ed25519.check_key(bytes.fromhex(key))
        message = possession(origin, owner, key)
        verdict(bytes.fromhex(key), message, bytes.fromhex(proof))
    if statement["act"] == "checkpoint.witnessed/1":
        body = statement["body"]
        ed25519.check_key(bytes.fromhex(body["key"]))
        if body["origin"].startswith("archipel/"):
            raise Fault("signature.text-like-tag")
        verdict(bytes.fromhex(body["key"]), checkpoint(body), bytes.fromhex(body["signature"]))
    return statement


def encode_leaf(recorded_at, key, signature, payload):
    return HEAD.pack(1, recorded_at, key, signature, len(payload)) + payload


def decode_leaf(data):
    """The parts of a leaf, or a Fault whose code is the word of docs/spec/leaf.md."""
    if len(data) < HEAD.size:
        raise Fault("malformed")
    form, recorded_at, key, signature, length = HEAD.unpack_from(data)
    payload = data[HEAD.size :]
    if length > len(payload):
        raise Fault("malformed")
    if length < len(payload):
        raise Fault("trailing-bytes")
    if form != 1 or len(data) > 65_535:
        raise Fault("malformed")
    return recorded_at, key, signature, payload


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def root(hashes):
    """RFC 6962 2.1 over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        # Pairing from the left and promoting a lone last node gives the same tree.
        paired = [
            hashlib.sha256(b"\x01" + hashes[i] + hashes[i + 1]).digest()
            for i in range(0, len(hashes) - 1, 2)
        ]
        hashes = paired + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0]
