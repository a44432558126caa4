"""Checks a published log with two implementations of other people: aics-tlog (C2SP) and pymerkle.

    tiles.py SOURCE --vkey FILE --size N [--old FILE] --save FILE [--proofs URL]

SOURCE is a directory or an HTTP prefix. --old is a checkpoint saved by an earlier run, --proofs the
address of the server whose own proofs are compared with those of pymerkle.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import aics_tlog
import pymerkle

BIN = Path(sys.executable).parent / "aics-tlog"


def aics(*words):
    done = subprocess.run([BIN, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"aics-tlog {' '.join(map(str, words))}: {done.stdout}{done.stderr}")


def reader_of(source):
    if source.startswith("http"):
        return aics_tlog.HttpTileReader([source])
    return aics_tlog.FileSystemTileReader(source)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("--vkey", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--old")
    parser.add_argument("--save", required=True)
    parser.add_argument("--proofs")
    asked = parser.parse_args()
    vkey = Path(asked.vkey).read_text().strip()
    origin = vkey.split("+")[0]
    tiles = ["--tiles", asked.source, "--vkey-file", asked.vkey]

    aics("verify-checkpoint", *tiles, "--origin", origin, "--save-checkpoint", asked.save)
    note = Path(asked.save).read_text()
    body = aics_tlog.parse_checkpoint(note.split("\n\n")[0] + "\n")
    size, root = body.size, body.root
    assert size == asked.size, (size, asked.size)
    if asked.old:
        aics("verify-consistency", *tiles, "--old-checkpoint", asked.old)
    with tempfile.TemporaryDirectory() as place:
        for index in sorted({0, size // 3, size - 1}):
            aics("verify-inclusion", *tiles, "--index", index, "--entry-out", f"{place}/{index}")

    reader = reader_of(asked.source)
    report = aics_tlog.audit_tiles(reader, size, root)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    verified = aics_tlog.VerifiedTileReader(reader, size, root)
    for index in range((size + 255) // 256):
        width = min(256, size - 256 * index)
        bundle = verified.read_entry_bundle(index, None if width == 256 else width)
        for entry in bundle if isinstance(bundle, list) else aics_tlog.tiles.parse_entry_bundle(bundle):
            tree.append_entry(entry)
    assert tree.get_size() == size
    assert tree.get_state() == root, "pymerkle has another root"
    compared = 0
    if asked.proofs:
        for index in sorted({0, size // 2, size - 1}):
            ours = json.load(
                urllib.request.urlopen(f"{asked.proofs}/v1/proofs/inclusion?index={index}&size={size}")
            )
            theirs = tree.prove_inclusion(index + 1, size).path[1:]
            assert [bytes.fromhex(one) for one in ours["hashes"]] == list(theirs), index
            compared += 1
    print(f"{asked.size}: {report.tiles} tiles, {report.bundles} bundles, {compared} proofs")


main()
