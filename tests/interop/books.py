"""Books in the programs of other people: hledger, ledger and beancount.

    books.py files STEM...             STEM.hledger, STEM.beancount and STEM.csv
    books.py instance ARCHIPEL DIR     the same, exported from an instance by the command

Each program must accept the journal under its strictest checks and come to the balances of the
CSV, to the last digit. A program that is not installed is left out, and that is said.
"""

import csv
import decimal
import os
import shutil
import subprocess
import sys
import tempfile

ENV = {**os.environ, "LC_ALL": "C.UTF-8"}


def run(*command):
    done = subprocess.run(command, env=ENV, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def amount(text):
    """`7.34 EUR` or `7.34 "A-1"` as number and unit."""
    number, _, unit = text.strip().partition(" ")
    return decimal.Decimal(number), unit.strip('"')


def kept(rows):
    """Balances that are not zero, by account and unit."""
    found = {}
    for account, unit, number in rows:
        if number != 0:
            assert (account, unit) not in found, f"twice: {account}"
            found[account, unit] = number
    return found


def of_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = [account for account, _, _ in rows]
    assert len(set(names)) == len(names), "two accounts share a name"
    sums = {}
    for _, unit, number in rows:
        sums[unit] = sums.get(unit, 0) + decimal.Decimal(number)
    assert not any(sums.values()), f"units do not sum to zero: {sums}"
    return kept((account, unit, decimal.Decimal(number)) for account, unit, number in rows)


def of_hledger(path):
    run("hledger", "-f", path, "check", "-s", "ordereddates")
    # Also what plain strictness lets pass, see docs/spec/books.md.
    run("hledger", "-f", path, "check", "balancednoautoconversion", "accounts", "commodities")
    text = run("hledger", "-f", path, "bal", "-E", "-N", "--flat", "-O", "csv", "--layout=bare")
    rows = list(csv.reader(text.splitlines()))[1:]
    return kept((account, unit.strip('"'), decimal.Decimal(n)) for account, unit, n in rows)


def of_ledger(path):
    form = "%(account)\t%(amount)\n"
    text = run(
        "ledger", "--args-only", "-f", path, "--strict", "--pedantic",
        "bal", "--flat", "--no-total", "--format", form,
    )
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    rows = [(account, *reversed(amount(text))) for account, text in rows if text.strip() != "0"]
    return kept(rows)


def of_beancount(path):
    bean_check = os.path.join(os.path.dirname(sys.executable), "bean-check")
    run(bean_check if os.path.exists(bean_check) else "bean-check", "--no-cache", path)
    from beancount import loader
    from beancount.core import data

    entries, errors, _ = loader.load_file(path)
    assert not errors, errors
    sums = {}
    for entry in entries:
        if not isinstance(entry, data.Transaction):
            continue
        each = {}
        for posting in entry.postings:
            unit, number = posting.units.currency, posting.units.number
            each[unit] = each.get(unit, 0) + number
            key = posting.account, unit
            sums[key] = sums.get(key, 0) + number
        # beancount itself would let half a cent pass.
        assert not any(each.values()), f"not zero: {entry}"
    return kept((account, unit, number) for (account, unit), number in sums.items())


def versions():
    """The programs that are there, with what each says of itself."""
    there = {}
    for program in ("hledger", "ledger"):
        if shutil.which(program):
            there[program] = run(program, "--version").splitlines()[0]
    try:
        import beancount

        there["beancount"] = beancount.__version__
    except ImportError:
        pass
    return there


PROGRAMS = {
    "hledger": (of_hledger, "hledger"),
    "ledger": (of_ledger, "hledger"),
    "beancount": (of_beancount, "beancount"),
}


def must_refuse(program, read, path, suffix):
    """A journal with one closing balance changed by the last digit must not pass."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    spot = max(n for n, line in enumerate(lines) if " = " in line or " balance " in line)
    line = lines[spot]
    place = max(n for n, c in enumerate(line) if c.isdigit() and line[n + 1 : n + 2] == " "
                and not line[:n].endswith("~ ") and not line[: n + 1].endswith("~ 0"))
    digit = str((int(line[place]) + 1) % 10)
    lines[spot] = line[:place] + digit + line[place + 1 :]
    with tempfile.TemporaryDirectory() as scratch:
        wrong = os.path.join(scratch, f"wrong.{suffix}")
        with open(wrong, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        try:
            read(wrong)
        except SystemExit:
            return
        raise SystemExit(f"{program} accepts a wrong balance: {lines[spot]}")


def check(stem, there):
    expected = of_csv(f"{stem}.csv")
    for program, (read, suffix) in PROGRAMS.items():
        if program not in there:
            print(f"{stem}: {program} is not installed: left out")
            continue
        path = f"{stem}.{suffix}"
        found = read(path)
        wrong = {key: (expected.get(key), found.get(key))
                 for key in expected.keys() | found.keys()
                 if expected.get(key) != found.get(key)}
        if wrong:
            raise SystemExit(f"{program} comes to other balances: {wrong}")
        if expected:
            must_refuse(program, read, path, suffix)
        print(f"{stem}: {program} accepts it, {len(found)} balances agree")


def main(arguments):
    there = versions()
    for program, version in there.items():
        print(f"{program}: {version}")
    match arguments:
        case ["files", *stems] if stems:
            for stem in stems:
                check(stem, there)
        case ["instance", archipel, directory]:
            with tempfile.TemporaryDirectory() as scratch:
                stem = os.path.join(scratch, "books")
                for suffix in ("hledger", "beancount", "csv"):
                    run(archipel, "ledger", "export", "--data", directory,
                        "--format", suffix, "--out", f"{stem}.{suffix}")
                print(run(archipel, "ledger", "check", "--data", directory, "--json").strip())
                check(stem, there)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
