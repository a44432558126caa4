"""Checks Archipel's witness with a log, a feeder and a witness of other people.

    witness.py ARCHIPEL

ARCHIPEL is the program. aics-tlog writes a log and its tiles, the feeder of aics-witness has it
cosigned by `archipel witness serve`; a fork, a rollback and a wrong key are refused with the
statuses of c2sp.org/tlog-witness. Then aics-witness is shown another history, and
`archipel witness gossip` proves the fork. Everything is on the loopback and ends with the script.
"""

import base64
import functools
import hashlib
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import aics_tlog as tlog
from aics_witness import feeder
from aics_witness.protocol import format_add_checkpoint_request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BIN = Path(sys.executable).parent
ORIGIN = "example.org/aics-log"
NAME = "example.org/archipel-witness"


def equal(what, found, expected):
    if found != expected:
        raise SystemExit(f"{what}: {found!r}, expected {expected!r}")


class Log:
    """A log of aics-tlog: its entries, its key, a directory of tiles."""

    def __init__(self, directory, key, origin=ORIGIN):
        self.key, self.origin, self.tree = key, origin, tlog.MerkleTree()
        self.store = tlog.DirectoryTileStore(directory)
        self.writer = tlog.IncrementalTileWriter(self.store)

    def grow(self, size, salt=""):
        entries = [f"entry {n} {salt}".encode() for n in range(self.tree.size, size)]
        self.writer.append(entries)
        self.tree.extend(entries)
        equal("root of the tiles", self.writer.root(), self.tree.root())
        self.store.write_checkpoint(self.note())
        return self

    def note(self, size=None, key=None):
        size = self.tree.size if size is None else size
        checkpoint = tlog.Checkpoint(self.origin, size, self.tree.root(size))
        return tlog.sign_checkpoint(checkpoint, key or self.key, self.origin).to_bytes()

    def vkey(self):
        return tlog.format_vkey(tlog.vkey_from_ed25519(self.origin, self.key.public_key()))


class Server:
    """A process that says where it listens on its first line."""

    running = []

    def __init__(self, words, log, url=None, env=None):
        environment = {**os.environ, **(env or {})}
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=self.log, env=environment
        )
        Server.running.append(self)
        line = "" if url else self.process.stdout.readline().decode()
        self.url = url or line.strip().removeprefix("listening on ")
        for _ in range(100):
            try:
                urllib.request.urlopen(self.url + "/healthz", timeout=1)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{words}: does not listen ({line!r})")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        Server.running.remove(self)
        self.log.close()


def post(url, body):
    request = urllib.request.Request(url + "/add-checkpoint", data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["content-type"], answer.read()


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def refused(what, client, note, proof, status):
    try:
        client.submit(note, proof)
    except feeder.WitnessRejected as error:
        return equal(what, error.status, status)
    raise SystemExit(f"{what}: cosigned")


class Bench:
    def __init__(self, archipel, place):
        self.archipel, self.place = archipel, place

    def run(self, *words, code=0):
        words = [self.archipel, *map(str, words), "--json"]
        done = subprocess.run(words, capture_output=True, text=True)
        equal(f"{words}: {done.stdout}{done.stderr}", done.returncode, code)
        return json.loads(done.stdout)

    def serve(self):
        words = [self.archipel, "witness", "serve", self.place / "w", "--listen", "127.0.0.1:0"]
        return Server(words, self.place / "w.log")

    def monitored(self, url):
        digest = hash_of(ORIGIN)
        return get(f"{url}/{digest}/checkpoint")


def hash_of(origin):
    return hashlib.sha256(origin.encode()).hexdigest()


def check_cosigning(bench, log, vkey):
    """Their feeder and our witness: sound checkpoints, and what must be refused."""
    server = bench.serve()
    client = feeder.WitnessClient(server.url, vkey, max_attempts=1)
    client.known_sizes.clear()
    # Not known yet; then added while the witness runs.
    refused("an unknown log", client, log.grow(3).note(), log.tree.consistency_proof, 404)
    bench.run("witness", "add-log", bench.place / "w", "--vkey", log.vkey(), "--origin", ORIGIN)
    for size in (3, 3, 10, 256, 300, 700):
        note = log.grow(max(size, log.tree.size)).note(size)
        line = client.submit(note, log.tree.consistency_proof)
        whole = feeder.merge_cosignatures(note, line)
        log.store.write_checkpoint(whole)
        done = subprocess.run(
            [BIN / "aics-tlog", "verify-checkpoint", "--tiles", log.store.root, "--origin", ORIGIN]
            + ["--log-key", log.vkey(), "--witness-key", vkey, "--quorum", "1", "--max-age", "60"],
            capture_output=True,
            text=True,
        )
        equal(f"verify-checkpoint: {done.stdout}{done.stderr}", done.returncode, 0)
        shown = tlog.parse_note(bench.monitored(server.url))
        policy = tlog.WitnessPolicy(1, (tlog.parse_vkey(vkey),), 60)
        result = tlog.verify_checkpoint(shown, tlog.parse_vkey(log.vkey()), policy=policy)
        equal(f"what is shown at {size}", (result.ok, result.size), (True, size))

    # A client that knows nothing is told the size, and goes on from there.
    fresh = feeder.WitnessClient(server.url, vkey, max_attempts=1)
    fresh.submit(log.grow(900).note(), log.tree.consistency_proof)

    fork = Log(bench.place / "fork", log.key).grow(200).grow(950, "rewritten")
    refused("another root at this size", client, fork.note(900), (900, []), 409)
    refused("another history", client, fork.note(950), fork.tree.consistency_proof, 422)
    try:
        client.submit(log.note(500), log.tree.consistency_proof, old_size=0)
        raise SystemExit("a rollback was cosigned")
    except feeder.WitnessAhead as error:
        equal("the size that a rollback is told", error.known_size, 900)
    stranger = Ed25519PrivateKey.generate()
    refused("a wrong key", client, log.note(900, stranger), (900, []), 403)
    equal("garbage", post(server.url, b"old\n")[0], 400)
    body = format_add_checkpoint_request(901, [], log.note(900))
    equal("a size beyond", post(server.url, body)[0], 400)
    body = format_add_checkpoint_request(7, [], log.note(900))
    equal("a conflict", post(server.url, body), (409, "text/x.tlog.size", b"900\n"))

    # The proof that was kept convinces their verifier of two trees of one size.
    [file] = (bench.place / "w" / "forks").iterdir()
    proof = json.loads(file.read_text())
    read = [
        tlog.verify_checkpoint(tlog.parse_note(proof[half]), tlog.parse_vkey(log.vkey()))
        for half in ("smaller", "larger")
    ]
    equal("the fork's signatures", [half.log_ok for half in read], [True, True])
    equal("the fork's sizes", [half.size for half in read], [900, 900])
    if read[0].root == read[1].root:
        raise SystemExit("the fork is none")

    server.stop()
    server = bench.serve()
    again = feeder.WitnessClient(server.url, vkey, max_attempts=1)
    again.submit(log.grow(1000).note(), log.tree.consistency_proof)
    equal("after a restart", again.known_sizes[ORIGIN], 1000)
    server.stop()
    return fork


def check_gossip(bench, log, fork):
    """Their witness was shown another history: ours proves it from the tiles of their log."""
    log.store.write_checkpoint(log.note())
    quiet = functools.partial(http.server.SimpleHTTPRequestHandler, directory=log.store.root)
    quiet.func.log_message = lambda *_: None
    tiles = http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet)
    threading.Thread(target=tiles.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{tiles.server_port}"
    bench.run("witness", "add-log", bench.place / "w", "--vkey", log.vkey(), "--url", url)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    env = {"AICS_WITNESS_CONFIG": str(bench.place / "aics.json")}
    aics = [BIN / "aics-witness"]
    made = subprocess.run(
        [*aics, "init", "--name", "localhost/w1", "--listen", address],
        env={**os.environ, **env},
        cwd=bench.place,
        capture_output=True,
        text=True,
        check=True,
    )
    key = next(word for word in made.stdout.split() if word.startswith("localhost/w1+"))
    words = [*aics, "add-log", "--origin", ORIGIN, "--vkey", log.vkey()]
    subprocess.run(words, env={**os.environ, **env}, check=True, capture_output=True)
    server = Server([*aics, "serve"], bench.place / "aics.log", f"http://{address}", env)
    client = feeder.WitnessClient(server.url, key, max_attempts=1)
    client.submit(log.note(150), log.tree.consistency_proof)
    heard = bench.run("witness", "gossip", bench.place / "w", "--peer", server.url)
    verdicts = [row["verdict"] for row in heard["heard"]]
    equal("one history", (verdicts, heard["forks"]), (["agree", "agree"], []))
    client.submit(fork.note(200), fork.tree.consistency_proof)
    client.submit(fork.note(940), fork.tree.consistency_proof)
    heard = bench.run("witness", "gossip", bench.place / "w", "--peer", server.url, code=3)
    equal("two histories", heard["heard"][1]["verdict"], "fork")
    proof = json.loads(Path(heard["forks"][0]).read_text())
    for half, size in (("smaller", 940), ("larger", 1000)):
        signed = tlog.parse_checkpoint(tlog.parse_note(proof[half]).text)
        equal("a size of the proof", signed.size, size)
    # Their verifier follows ours: the larger tree begins with the prefix, not the smaller.
    hashes = [base64.b64decode(text) for text in proof["proof"]]
    prefix = base64.b64decode(proof["prefix"])
    good = tlog.verify_consistency(940, 1000, prefix, log.tree.root(), hashes)
    equal("the prefix", (good, prefix == fork.tree.root(940)), (True, False))
    server.stop()
    tiles.shutdown()


def main():
    [archipel] = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        bench = Bench(Path(archipel).resolve(), place)
        vkey = bench.run("witness", "init", place / "w", "--name", NAME)["vkey"]
        log = Log(place / "log", Ed25519PrivateKey.generate())
        try:
            fork = check_cosigning(bench, log, vkey)
            check_gossip(bench, log, fork)
        finally:
            for server in list(Server.running):
                server.stop()
    print("witness: their feeder, our witness, their witness, our gossip: all as specified")


if __name__ == "__main__":
    main()
