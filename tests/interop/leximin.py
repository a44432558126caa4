"""Compares the chances of draws by quotas with another computation of them (draws.md 11.2).

    leximin.py ARCHIPEL [POOLS]

ARCHIPEL is the program. Small pools are drawn from fixed seeds. For each, every panel of people is
listed, and the leximin probabilities follow from the definition, level by level, by linear programs
in exact fractions: nothing of types, compositions, certificates or cuts. Where there is no panel,
the least relaxing of quotas is compared. Prints what differs; exit code 1 if anything does.
"""

import itertools
import json
import math
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path


class Sequence:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound


def pool(seed):
    """People as rows of values, quotas by attribute and value, seats."""
    draw = Sequence(seed)
    count = 4 + draw.below(11)
    seats = 1 + draw.below(count)
    widths = [2 + draw.below(2) for _ in range(1 + draw.below(3))]
    rows = [[min(draw.below(width), draw.below(9)) for width in widths] for _ in range(count)]
    wild = draw.below(6) == 0
    quotas = {}
    for at, width in enumerate(widths):
        for value in range(width):
            near = sum(row[at] == value for row in rows[:seats])
            near = draw.below(seats + 1) if wild else near
            quotas[at, value] = (max(near - draw.below(2), 0), near + draw.below(2))
    return rows, quotas, seats


def held(rows, panel, quota):
    at, value = quota
    return sum(rows[person][at] == value for person in panel)


class Program:
    """Maximises over lotteries of panels, with a least probability for each person. Columns are
    panels, the lowest probability of the free, and what anybody has above their least."""

    def __init__(self, panels, people, least, free):
        self.panels, self.people, self.free = panels, people, free
        size = people + 1
        self.values = [*map(Fraction, least), Fraction(1)]
        self.basis = [("artificial", row) for row in range(size)]
        self.inverse = [[Fraction(row == at) for at in range(size)] for row in range(size)]
        self.improve(lambda kind, _: -(kind == "artificial"))
        assert not any(v for (kind, _), v in zip(self.basis, self.values) if kind == "artificial")

    def column(self, kind, what):
        column = [0] * (self.people + 1)
        for person in what if kind == "panel" else self.free if kind == "lowest" else [what]:
            column[person] = 1 if kind == "panel" else -1
        column[-1] = int(kind == "panel")
        return column

    def best(self, gain, careful):
        """The column that gains most, or the first that gains at all."""
        gains = [gain(*name) for name in self.basis]
        prices = [sum(g * row[at] for g, row in zip(gains, self.inverse) if g)
                  for at in range(self.people + 1)]
        scale = math.lcm(*(Fraction(price).denominator for price in prices))
        prices = [int(price * scale) for price in prices]
        others = [("above", person) for person in range(self.people)] + [("lowest", None)]
        found = (0, None)
        for name in itertools.chain((("panel", panel) for panel in self.panels), others):
            if name[0] == "panel":
                worth = gain(*name) * scale - prices[-1] - sum(prices[p] for p in name[1])
            else:
                column = self.column(*name)
                worth = gain(*name) * scale - sum(p * c for p, c in zip(prices, column) if c)
            if worth > found[0]:
                found = (worth, name)
                if careful:
                    break
        return found[1]

    def improve(self, gain):
        for turn in itertools.count():
            name = self.best(gain, careful=turn > 60)
            if name is None:
                return
            column = self.column(*name)
            way = [sum(a * c for a, c in zip(row, column) if c) for row in self.inverse]
            ratios = []
            for row, by in enumerate(way):
                stuck = self.basis[row][0] == "artificial" and not self.values[row] and by
                if by > 0 or stuck:
                    ratios.append((Fraction(0) if stuck else self.values[row] / by, row))
            least, leaving = min(ratios, key=lambda r: (r[0], str(self.basis[r[1]])))
            self.values = [v - least * by for v, by in zip(self.values, way)]
            self.values[leaving] = least
            pivot = [entry / way[leaving] for entry in self.inverse[leaving]]
            self.inverse = [pivot if row == leaving else
                            [a - by * b for a, b in zip(entries, pivot)] if by else entries
                            for row, (entries, by) in enumerate(zip(self.inverse, way))]
            self.basis[leaving] = name

    def probabilities(self):
        found = [Fraction(0)] * self.people
        for (kind, panel), value in zip(self.basis, self.values):
            for person in panel if kind == "panel" else []:
                found[person] += value
        return found


def leximin(panels, people):
    fixed = {}
    while len(fixed) < people:
        free = [person for person in range(people) if person not in fixed]
        least = [fixed.get(person, 0) for person in range(people)]
        program = Program(panels, people, least, free)
        program.improve(lambda kind, _: int(kind == "lowest"))
        level = min(program.probabilities()[person] for person in free)
        least = [fixed.get(person, level) for person in range(people)]
        program = Program(panels, people, least, [])
        higher = set()
        for person in free:
            if person not in higher:
                program.improve(lambda kind, what, at=person: int(kind == "panel" and at in what))
                found = program.probabilities()
                higher.update(other for other in free if found[other] > level)
        fixed |= {person: level for person in free if person not in higher}
    return [fixed[person] for person in range(people)]


def asked(archipel, folder, rows, quotas, seats):
    """What the program says: probabilities, or how much is to be relaxed."""
    names = [f"c{at}" for at in range(len(rows[0]))]
    table = [",".join(["id", *names])]
    table += [",".join([f"p{i}", *map(str, row)]) for i, row in enumerate(rows)]
    limits = ["feature,value,min,max"]
    limits += [f"c{at},{value},{low},{high}" for (at, value), (low, high) in quotas.items()]
    (folder / "people.csv").write_text("\n".join(table) + "\n")
    (folder / "quotas.csv").write_text("\n".join(limits) + "\n")
    command = [archipel, "draw", "chances", "--json", "--seats", str(seats), "--people",
               str(folder / "people.csv"), "--quotas", str(folder / "quotas.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    if "relax" in told:
        return sum(change["min_lowered"] + change["max_raised"] for change in told["relax"])
    assert told["certificate"]["leximin"], told
    return [Fraction(told["chances"][f"p{i}"]) for i in range(len(rows))]


def expected(rows, quotas, seats):
    sets = list(itertools.combinations(range(len(rows)), seats))
    off = {panel: sum(max(low - held(rows, panel, quota), held(rows, panel, quota) - high, 0)
                      for quota, (low, high) in quotas.items()) for panel in sets}
    panels = [panel for panel in sets if not off[panel]]
    return len(panels), leximin(panels, len(rows)) if panels else min(off.values())


def main(archipel, pools=300):
    wrong = listed = largest = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(int(pools)):
            case = pool(seed)
            panels, right = expected(*case)
            listed, largest = listed + bool(panels), max(largest, panels)
            found = asked(archipel, Path(folder), *case)
            if found != right:
                wrong += 1
                print(f"pool {seed}: {found}, expected {right}")
    print(f"{pools} pools, {listed} with panels, up to {largest} of them: {wrong} differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
