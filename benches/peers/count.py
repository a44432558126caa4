#!/usr/bin/env python3
"""One million ballots over twenty options, counted by every method beside public implementations.

    pip install pyrankvote pref_voting
    cargo build --release
    python3 benches/peers/count.py target/release/archipel [--ballots 1000000] [--peers]

Makes the files (the same for everybody: the generator is seeded), counts each by `archipel count`,
and prints seconds and peak memory. With --peers the implementations of others count the same
ballots in this process; what is timed is the count alone, without reading the file.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter

OPTIONS = 20


def header(kind, unique, ballots, count):
    lines = [f"# DATA TYPE: {kind}", f"# NUMBER ALTERNATIVES: {OPTIONS}"]
    lines += [f"# NUMBER VOTERS: {ballots}", f"# NUMBER UNIQUE {unique}: {count}"]
    if kind == "cat":
        lines += ["# NUMBER CATEGORIES: 2", "# CATEGORY NAME 1: Yes", "# CATEGORY NAME 2: No"]
    lines += [f"# ALTERNATIVE NAME {n}: Option {n}" for n in range(1, OPTIONS + 1)]
    return "\n".join(lines) + "\n"


def write_files(folder, ballots):
    """Rankings of 3 to 20 places, sets of any size, and grades: nothing alike, the hardest case."""
    draw = random.Random(7)
    orders = Counter()
    for _ in range(ballots):
        places = draw.randint(3, OPTIONS)
        orders[tuple(draw.sample(range(1, OPTIONS + 1), places))] += 1
    with open(f"{folder}/orders.soi", "w", encoding="utf-8") as out:
        out.write(header("soi", "ORDERS", ballots, len(orders)))
        for order, times in orders.items():
            out.write(f"{times}: {','.join(map(str, order))}\n")
    sets = Counter(draw.getrandbits(OPTIONS) for _ in range(ballots))
    with open(f"{folder}/sets.cat", "w", encoding="utf-8") as out:
        out.write(header("cat", "PREFERENCES", ballots, len(sets)))
        for bits, times in sets.items():
            chosen = [str(n + 1) for n in range(OPTIONS) if bits >> n & 1]
            others = [str(n + 1) for n in range(OPTIONS) if not bits >> n & 1]
            out.write(f"{times}: {{{','.join(chosen)}}},{{{','.join(others)}}}\n")
    with open(f"{folder}/grades.csv", "w", encoding="utf-8") as out:
        out.write("," + ",".join(f"Option {n}" for n in range(1, OPTIONS + 1)) + "\n")
        for number in range(ballots):
            grades = ",".join(str(draw.randint(1, 7)) for _ in range(OPTIONS))
            out.write(f"{number},{grades}\n")


def read_orders(folder):
    """The rankings again: this process stays small until all counts are measured."""
    with open(f"{folder}/orders.soi", encoding="utf-8") as lines:
        rows = [line.split(":") for line in lines if not line.startswith("#")]
    return {tuple(map(int, order.split(","))): int(times) for times, order in rows}


def count(program, path, method, *more):
    """Winners, seconds and peak megabytes of one count."""
    started = time.monotonic()
    command = [program, "--json", "count", path, "--method", method, *more]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        answer.seek(0)
        winners = json.load(answer)["winners"] if status == 0 else ["failed"]
    return winners, seconds, usage.ru_maxrss / 1024


def peers(orders):
    """The winners and the seconds that others need for the same ballots."""
    import pyrankvote
    from pyrankvote import Ballot, Candidate

    options = [Candidate(f"Option {n}") for n in range(1, OPTIONS + 1)]
    ballots = [
        Ballot(ranked_candidates=[options[n - 1] for n in order])
        for order, times in orders.items()
        for _ in range(times)
    ]
    started = time.monotonic()
    result = pyrankvote.instant_runoff_voting(options, ballots)
    seconds = time.monotonic() - started
    yield "pyrankvote instant_runoff_voting", [str(w) for w in result.get_winners()], seconds
    del ballots

    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.voting_methods import beat_path

    rankings = [{n: place for place, n in enumerate(order)} for order in orders]
    started = time.monotonic()
    profile = ProfileWithTies(rankings, list(orders.values()), candidates=range(1, OPTIONS + 1))
    profile.use_extended_strict_preference()
    winners = [f"Option {n}" for n in beat_path(profile)]
    yield "pref_voting beat_path (Schulze)", winners, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--make", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--peers", action="store_true")
    asked = parser.parse_args()
    if asked.make:
        write_files(asked.make, asked.ballots)
        return
    with tempfile.TemporaryDirectory() as folder:
        # A child's peak begins at its parent's: the files are made by another process.
        make = [sys.executable, __file__, "-", "--make", folder, "--ballots", str(asked.ballots)]
        subprocess.run(make, check=True)
        rows = [("sets.cat", "approval", "1"), ("grades.csv", "majority-judgment", "1")]
        rows += [("grades.csv", "usual-judgment", "1"), ("grades.csv", "score", "1")]
        ranked = ["plurality", "borda", "irv", "schulze-margins", "ranked-pairs-margins"]
        rows += [("orders.soi", method, "1") for method in ranked]
        rows += [("orders.soi", method, "5") for method in ["stv-scottish", "stv-meek"]]
        rows += [("sets.cat", rule, "5") for rule in ["seq-pav", "seq-phragmen", "equal-shares"]]
        for name, method, seats in rows:
            path = f"{folder}/{name}"
            winners, seconds, megabytes = count(asked.program, path, method, "--seats", seats)
            print(f"{method:24} {seconds:7.2f} s {megabytes:6.0f} MB  {', '.join(winners)}")
        if asked.peers:
            for name, winners, seconds in peers(read_orders(folder)):
                print(f"{name:36} {seconds:7.2f} s  {', '.join(winners)}", flush=True)


if __name__ == "__main__":
    main()
