"""Redoes one published draw (docs/spec/draws.md) with nothing but the standard library: from the
pool, the parameters and what came to the panel. It trusts that the hashes and the evidence in the
file are right, which `draw.py` checks too.

    redraw.py FILE
"""

import hashlib
import itertools
import json
import sys


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def number(value):
    return value.to_bytes(4, "big")


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return number(len(raw)) + raw


def split(tagged):
    """The kind and the content of a member that is a word or an object of one member."""
    return (tagged, None) if isinstance(tagged, str) else next(iter(tagged.items()))


def key(numbers):
    return "".join("".join(f"{each}." for each in sorted(source)) + "/" for source in numbers)


def seed(published):
    """What the chance that came, the pool and the parameters make together."""
    (kind, announced), (_, evidence) = split(published["announced"]), split(published["entropy"])
    if kind == "beacon":
        randomness = sha(bytes.fromhex(evidence["signature"]))
        material = [b"\1", bytes.fromhex(announced["chain"]), announced["round"].to_bytes(8, "big")]
        material.append(randomness)
    elif kind == "secrets":
        material = [b"\2", number(len(evidence))]
        for commitment, reveal in zip(announced["commitments"], evidence):
            secret = b"" if reveal == "missing" else bytes.fromhex(reveal["secret"])
            material += [bytes.fromhex(commitment), b"\1" if secret else b"\0", secret]
    else:
        material = [b"\3", text(key(evidence))]
    subject = [bytes.fromhex(published["draw"].replace("-", ""))]
    subject += [bytes.fromhex(published[name]) for name in ("pool_root", "parameters_hash")]
    return sha(b"archipel.draw.seed.v1\n", *subject, *material)


def below(seed, label, index, bound):
    if bound <= 1:
        return 0
    blocks = -(-(bound - 1).bit_length() // 256)
    limit = 256**(32 * blocks) // bound * bound
    prefix = b"archipel.draw.v2\n" + seed + text(label) + number(index)
    for attempt in itertools.count():
        counters = range(attempt * blocks, (attempt + 1) * blocks)
        drawn = int.from_bytes(b"".join(sha(prefix, number(each)) for each in counters), "big")
        if drawn < limit:
            return drawn % bound


def removal(seed, label, items, count):
    left = list(items)
    return [left.pop(below(seed, label, i, len(left))) for i in range(min(count, len(left)))]


def rfc3797(numbers, items, count):
    left, word = list(items), key(numbers).encode()
    indexes = (i.to_bytes(2, "big") for i in range(65_536))
    digests = (hashlib.md5(index + word + index) for index in indexes)
    return [
        left.pop(int(digest.hexdigest(), 16) % len(left))
        for digest in itertools.islice(digests, min(count, len(left)))
    ]


def largest_remainder(seed, weights, seats):
    total, names = sum(weights.values()), sorted(weights, key=str.encode)
    given = {name: seats * weights[name] // total for name in names}
    rest = {name: seats * weights[name] % total for name in names}
    left = seats - sum(given.values())
    edge = sorted(rest.values(), reverse=True)[left - 1] if left else total
    first = [name for name in names if rest[name] > edge]
    tied = [name for name in names if rest[name] == edge]
    open_seats = left - len(first)
    if open_seats < len(tied):
        tied = removal(seed, "seats", tied, open_seats)
    for name in first + tied:
        given[name] += 1
    return [given[name] for name in names]


def panel(published, seed):
    """The composition and the strata: names, who is drawn, alternates."""
    people, parameters = published["pool"], published["parameters"]
    (design, held), seats, result = split(parameters["design"]), parameters["seats"], None
    if design == "rfc3797":
        numbers = published["entropy"]["numbers"]
        order = [person["id"] for person in people]
        drawn = rfc3797(numbers, order, seats + parameters["alternates"])
        return None, [{"alternates": drawn[seats:], "drawn": drawn[:seats], "name": []}]
    people = sorted(people, key=lambda person: sha(person["id"].encode()))
    if parameters["one_per_household"]:
        homes = {}
        for person in people:
            homes.setdefault(person.get("household", (person["id"],)), []).append(person)
        alone = lambda home: isinstance(home, tuple)
        pick = lambda home, n: 0 if alone(home) else below(seed, f"household/{home}", 0, n)
        chosen = {all_[pick(home, len(all_))]["id"] for home, all_ in homes.items()}
        people = [person for person in people if person["id"] in chosen]
    if design == "simple":
        names, of, each = [[]], lambda person: [], [seats]
    elif design in ("seats", "weights"):
        names = [[name] for name in sorted(held, key=str.encode)]
        of = lambda person: [person["group"]]
        each = [held[name] for (name,) in names]
        if design == "weights":
            each = largest_remainder(seed, held, seats)
    else:
        names = held["types"]
        of = lambda person: [person["features"][name] for name in held["features"]]
        u = below(seed, "composition", 0, int(held["denominator"]))
        sums = itertools.accumulate(int(option["weight"]) for option in held["compositions"])
        chosen = next(place for place, total in enumerate(sums) if u < total)
        result, each = {"drawn": str(u), "number": chosen}, held["compositions"][chosen]["counts"]
    strata = []
    for place, (name, count) in enumerate(zip(names, each)):
        members = [person["id"] for person in people if of(person) == name]
        drawn = removal(seed, f"stratum/{place}", members, count + parameters["alternates"])
        strata.append({"alternates": drawn[count:], "drawn": drawn[:count], "name": name})
    return result, strata


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        published = json.load(file)
    found = panel(published, seed(published))
    print("\n".join(" ".join([*of["name"], *of["drawn"]]) for of in found[1]))
    sys.exit(found != (published.get("composition"), published["strata"]))
