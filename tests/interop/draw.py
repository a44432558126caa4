"""Redoes published draws (docs/spec/draws.md) and checks all that is in their files, with nothing
but the standard library; `redraw.py` has the draw itself.

    draw.py FILE...|FOLDER...

A file is a published draw. Of a folder, every draw is redone, and then `tampered.json`, if it is
there: each case changes one thing of a draw, and must be found out. Not checked: signatures of
beacons, for which the standard library has no curves. Prints what differs; exit code 1 if any.
"""

import copy
import itertools
import json
import pathlib
import sys

from redraw import number, panel, seed, sha, split, text

KINDS = ["rfc3797", "simple", "seats", "weights", "composed"]
FALLBACKS = ["empty", "nearest", "order"]


def large(value):
    return text(int(value).to_bytes((int(value).bit_length() + 7) // 8, "big"))


def pool_root(people):
    parts = [b"archipel.draw.pool.v1\n", number(len(people))]
    for person in people:
        optional = [person.get("household"), person.get("group")]
        features = sorted(person.get("features", {}).items(), key=lambda f: f[0].encode())
        parts.append(text(person["id"]))
        parts += [b"\0" if each is None else b"\1" + text(each) for each in optional]
        parts += [number(len(features)), *(text(name) + text(value) for name, value in features)]
    return sha(*parts)


def parameters_hash(parameters):
    (design, held), (fallback, order) = split(parameters["design"]), split(parameters["fallback"])
    parts = [b"archipel.draw.parameters.v1\n", number(parameters["seats"])]
    parts += [number(parameters["alternates"]), bytes([parameters["one_per_household"]])]
    parts.append(bytes([FALLBACKS.index(fallback)]))
    parts += [number(len(order)), *map(number, order)] if order is not None else []
    parts.append(bytes([KINDS.index(design)]))
    if design in ("seats", "weights"):
        groups = sorted(held.items(), key=lambda group: group[0].encode())
        parts += [number(len(groups)), *(text(name) + number(of) for name, of in groups)]
    elif design == "composed":
        parts += [number(len(held["features"])), *map(text, held["features"])]
        parts += [number(len(held["types"])), *map(text, itertools.chain(*held["types"]))]
        parts += [large(held["denominator"]), number(len(held["compositions"]))]
        for each in held["compositions"]:
            parts += [*map(number, each["counts"]), large(each["weight"])]
    return sha(*parts)


def evidence_fault(published):
    """What is wrong with what came, against what was announced, or None."""
    (kind, announced), (came, evidence) = split(published["announced"]), split(published["entropy"])
    if kind != came:
        return "entropy.other-kind"
    if kind == "beacon":
        differs = [what for what in ("chain", "round") if evidence[what] != announced[what]]
        return f"entropy.wrong-{differs[0]}" if differs else None
    if kind == "numbers":
        taken = [each["taken"] for each in announced["sources"]]
        return None if [len(source) for source in evidence] == taken else "entropy.numbers"
    made = announced["commitments"]
    if not 3 <= len(made) <= 64 or not 1 <= announced["least"] <= len(made):
        return "entropy.commitment-count"
    if len(set(made)) != len(made):
        return "entropy.repeated-commitment"
    if len(evidence) != len(made):
        return "entropy.reveal-count"
    shown = [(made[n], each["secret"]) for n, each in enumerate(evidence) if each != "missing"]
    if any(sha(bytes.fromhex(secret)).hex() != commitment for commitment, secret in shown):
        return "entropy.not-the-committed"
    return "entropy.too-few-reveals" if len(shown) < announced["least"] else None


def fault(published):
    """The code of the first thing that is wrong, or None."""
    if published["format"] != "archipel.draw/1":
        return "file.format"
    if pool_root(published["pool"]).hex() != published["pool_root"]:
        return "file.pool-root"
    if parameters_hash(published["parameters"]).hex() != published["parameters_hash"]:
        return "file.parameters-hash"
    if wrong := evidence_fault(published):
        return wrong
    found = seed(published)
    if found.hex() != published["seed"]:
        return "entropy.foreign"
    composition, strata = panel(published, found)
    if composition != published.get("composition"):
        return "file.composition"
    return None if strata == published["strata"] else "file.panel"


def tampered(draws, cases):
    """Names of the cases that are not found out as they should be."""
    for case in cases:
        published = copy.deepcopy(draws[case["of"]])
        *way, last = case["at"]
        inner = published
        for step in way:
            inner = inner[step]
        inner[last] = case["value"]
        found = fault(published)
        # A forged signature is found by the curve; here, its randomness gives another seed.
        expected = {"entropy.bad-signature": "entropy.foreign"}.get(case["fault"], case["fault"])
        if found != expected:
            yield f"{case['name']}: {found}, expected {expected}"


def main():
    wrong, count = [], 0
    for path in map(pathlib.Path, sys.argv[1:]):
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        loaded = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
        cases = loaded.pop("tampered.json", [])
        found = {name: fault(published) for name, published in loaded.items()}
        wrong += [f"{name}: {code}" for name, code in found.items() if code]
        wrong += tampered(loaded, cases)
        count += len(loaded) + len(cases)
    print("\n".join(wrong) or f"{count} draws and cases agree")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
