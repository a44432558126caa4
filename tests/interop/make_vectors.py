"""Made the golden vectors of statements and leaves: fixtures/vectors/v1/{statement,leaf}.

    make_vectors.py DIR        writes into DIR the files that it does not hold yet
"""

import hashlib
import json
import pathlib
import sys

import canonical
import ed25519
import statement
from statement import STATEMENT_TAG, possession

ORIGIN = "archipel.example/convention"
AT = 1_788_249_600_000  # 2026-09-01T08:00:00Z


def seed(name):
    return hashlib.sha256(f"archipel vectors v1: {name}".encode()).digest()


def key(name):
    return ed25519.public_key(seed(name)).hex()


def uuid(name, at=AT, version=7, variant=2):
    bits = int.from_bytes(seed("id of " + name)[:16], "big")
    number = at << 80 | bits & (2**80 - 1)
    number = number & ~(15 << 76) | version << 76
    number = number & ~(3 << 62) | variant << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def person(name):
    """A random pseudonym; nothing asks for a version."""
    return uuid("person " + name, at=0x5A5A5A5A5A5A, version=4)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def proof(owner, holder, origin=ORIGIN):
    message = possession(origin, person(owner), key(holder))
    return ed25519.sign(seed(holder), message).hex()


def draft(act, body, author="ada", **members):
    """A statement's members."""
    found = {
        "act": act,
        "author": person(author),
        "body": body,
        "id": uuid(f"{act} {json.dumps(body, sort_keys=True)}"),
        "issued_at": AT,
        "key": key(author),
        "origin": ORIGIN,
    }
    return found | {name.rstrip("_"): value for name, value in members.items()}


def signed(payload, signer="ada"):
    return ed25519.sign(seed(signer), STATEMENT_TAG + payload).hex()


MANDATE = uuid("mandate of ada")
CHANGES = [
    {"at": 0, "insert": ["Des jardins partout."], "remove": ["Un jardin."]},
    {"at": 2, "insert": ["Avec l’eau de pluie.", "Et des ruches."], "remove": []},
]
YES_NO = {
    "yes-no": {
        "rule": {
            "majority": {
                "qualified": {
                    "base": "expressed",
                    "ratio": {"denominator": 3, "numerator": 2},
                    "strict": False,
                }
            },
            "quorum": {"base": "cast", "ratio": {"denominator": 4, "numerator": 1}},
        }
    }
}
JUDGMENT = {
    "majority-judgment": {"grades": ["à rejeter", "bien"], "seats": 1, "ungraded": {"static": 0}}
}


def founding():
    founder = {
        "assignment": MANDATE,
        "key": key("ada"),
        "member": person("ada"),
        "proof": proof("ada", "ada"),
    }
    body = {
        "charter": digest("Charte"),
        "founders": [founder],
        "instance": person("instance"),
        "name": "Archipel d’essai",
        "registrar": key("instance"),
        "registrar_proof": proof("instance", "instance"),
        "term_days": 365,
    }
    return draft("instance.founded/1", body)


def membership():
    admitted = {"groups": ["nord"], "key": key("bo"), "member": person("bo")}
    admitted |= {"proof": proof("bo", "bo"), "profile": digest("sel et profil")}
    new = {"key": key("ada 2"), "member": person("ada"), "proof": proof("ada", "ada 2")}
    body = {"group": "nord", "kind": "collective", "name": "Île du Nord"}
    yield draft("group.registered/1", body, as_=MANDATE)
    yield draft("member.admitted/1", admitted, as_=MANDATE)
    yield draft("member.left/1", {"member": person("bo")}, "bo")
    yield draft("key.enrolled/1", new)
    yield draft("key.rotated/1", new)
    yield draft("key.revoked/1", {"key": key("bo"), "member": person("bo")}, as_=MANDATE)
    call = {"call": "appel-1", "text": "Nous appelons.\nVenez.", "title": "Appel"}
    yield draft("call.published/1", call, as_=MANDATE)
    yield draft("call.signed/1", {"call": "appel-1"}, "passer-by")
    yield draft("call.withdrawn/1", {"call": "appel-1"}, "passer-by")


def roles():
    circle = {"circle": "jardins", "parent": "assembly", "purpose": "Les jardins"}
    yield draft("circle.formed/1", circle, as_=MANDATE)
    yield draft("circle.dissolved/1", {"circle": "jardins"}, as_=MANDATE)
    role = {
        "circle": "jardins",
        "powers": ["ledger", "accounts"],
        "purpose": "Tenir la caisse",
        "role": "caisse",
        "seats": 2,
        "term_days": 180,
    }
    yield draft("role.defined/1", role, as_=MANDATE)
    assigned = {
        "basis": "Élection sans candidature",
        "from": AT,
        "member": person("bo"),
        "role": "caisse",
        "until": AT + 86_400_000,
    }
    yield draft("role.assigned/1", assigned, as_=MANDATE)
    yield draft("role.ended/1", {"assignment": MANDATE, "reason": "resigned"})


def proposals():
    proposal, amendment = uuid("proposal"), uuid("amendment")
    base, result = digest("Un jardin."), digest("Des jardins partout.")
    text = 'Un jardin.\n« Ouvert à toutes », dit-on.\nAvec "échelle" \\ et puits.'
    yield draft("proposal.submitted/1", {"text": text, "title": "Jardins"})
    yield draft("proposal.supported/1", {"proposal": proposal, "version": base})
    yield draft("proposal.withdrawn/1", {"proposal": proposal, "reason": "Fondue ailleurs"})
    published = {"base": base, "changes": CHANGES, "proposal": proposal}
    expected = {"is": {"exactly": 3}, "stream": f"proposal/{proposal}"}
    yield draft("version.published/1", published, if_={"revision": expected})
    yield draft("amendment.proposed/1", published | {"reason": "Plus grand"})
    integrated = {"amendment": amendment, "into": base, "resolution": CHANGES, "result": result}
    yield draft("amendment.integrated/1", integrated)
    yield draft("amendment.declined/1", {"amendment": amendment, "reason": "Hors sujet"})


def votes():
    vote = uuid("vote")
    options = [
        {"id": "a", "label": "Jardins", "proposal": uuid("proposal"), "version": digest("t")},
        {"id": "b", "label": "Ports"},
    ]
    opened = {
        "closes_at": AT + 604_800_000,
        "electorate": {"groups": ["nord", "sud"]},
        "method": JUDGMENT,
        "opens_at": AT,
        "options": options,
        "question": "Que faire d’abord ?",
        "title": "Priorité",
    }
    yield draft("vote.opened/1", opened, as_=MANDATE)
    plain = {"closes_at": AT + 1, "electorate": "members", "options": options[1:], "title": "T"}
    yield draft("vote.opened/1", plain | {"method": YES_NO}, as_=MANDATE)
    approval = {"approval": {"max_choices": 3, "seats": 1}}
    yield draft("vote.opened/1", plain | {"method": approval}, as_=MANDATE)
    papers = ["blank", {"choice": "abstain"}, {"approve": ["a", "b"]}]
    for paper in [*papers, {"grades": {"a": "bien", "b": "à rejeter"}}]:
        body = {"paper": paper, "terms": digest("terms"), "vote": vote}
        yield draft("ballot.cast/1", body, "bo")
    yield draft("vote.closed/1", {"vote": vote}, "instance")
    yield draft("outcome.declared/1", {"tally": digest("tally"), "vote": vote}, "instance")


def votes_under_rules():
    vote, at = uuid("vote"), AT + 604_800_000
    options = [{"id": "a", "label": "Jardins"}, {"id": "b", "label": "Ports"}]
    plain = {"closes_at": at, "electorate": "members", "options": options, "title": "T"}
    rules = {
        "decision": {
            "budget": [{"amount": 150_000, "unit": "EUR"}],
            "circle": "caisse",
            "review_days": 90,
        },
        "delegation": {"max_weight": 3, "topic": "eau", "transitive": True},
        "dissent_days": 15,
        "follows": {"as": "second-ballot", "vote": vote},
        "quorum": {"base": "cast", "ratio": {"denominator": 4, "numerator": 1}},
        "status_quo": "b",
        "tie": {"lot": {"commitments": [digest("one"), digest("two")]}},
    }
    methods = [
        {"ranked": {"rule": "schulze-margins", "seats": 1}},
        {"judgment": {**JUDGMENT["majority-judgment"], "rule": "usual-judgment"}},
        {"points": {"rule": {"dots": {"cap": 3, "points": 7}}, "seats": 1}},
        {"committee": {"completion": "phragmen", "rule": "equal-shares", "seats": 2}},
        {
            "budget": {
                "budget": 10,
                "completion": "add1u",
                "costs": [4, 7],
                "paper": {"approvals": {}},
                "rule": "pb-equal-shares-cost",
                "unit": 1,
            }
        },
    ]
    for method in methods:
        body = {"rules": rules, "vote": plain | {"method": method}}
        yield draft("vote.opened/2", body, as_=MANDATE)
    consent = {"consent": {"rule": {"blocks": 1, "minimum": 2, "stand_asides": 3}}}
    for tie in ("declared-order", "status-quo", "chair", "second-ballot"):
        body = {"rules": {"tie": tie}, "vote": plain | {"method": consent}}
        yield draft("vote.opened/2", body, as_=MANDATE)
    for paper in ({"ranks": [["a"], ["b"]]}, {"points": {"a": 3, "b": -1}}):
        yield draft("ballot.cast/1", {"paper": paper, "terms": digest("t"), "vote": vote}, "bo")
    yield draft("outcome.declared/2", {"tally": digest("tally"), "vote": vote}, "instance")
    broken = {"order": ["a", "b"], "reason": "Les jardins d’abord", "vote": vote}
    yield draft("tie.broken/1", broken, as_=MANDATE)
    yield draft("lot.drawn/1", {"secrets": [digest("secret")], "vote": vote}, "bo")
    yield draft("dissent.attached/1", {"text": "Nous n’y croyons pas", "vote": vote}, "bo")
    yield draft("dissent.joined/1", {"author": person("bo"), "vote": vote})
    yield draft("reasons.attached/1", {"text": "Le quai est libre", "vote": vote}, "bo")
    question = {"method": consent, "options": options[:1], "title": "Les jardins"}
    both = [question, question | {"question": "Et les ports ?", "rules": rules}]
    sheet = {"closes_at": at, "electorate": "members", "questions": both, "title": "Deux"}
    yield draft("votes.opened/1", sheet, as_=MANDATE)
    review = {"next": at, "note": "Cela marche", "verdict": "kept", "vote": vote}
    yield draft("decision.reviewed/1", review, as_=MANDATE)
    for scope in ("all", {"topic": "eau"}, {"vote": vote}):
        yield draft("delegation.given/1", {"scope": scope, "to": person("bo")})
        yield draft("delegation.revoked/1", {"scope": scope})
    reason = {"reason": "Trop tôt", "vote": vote}
    yield draft("objection.raised/1", reason | {"terms": digest("t")}, "bo")
    answer = reason | {"answer": "challenged", "objector": person("bo")}
    yield draft("objection.answered/1", answer, as_=MANDATE)
    yield draft("objection.maintained/1", reason, "bo")
    yield draft("objection.withdrawn/1", reason | {"then": "stand-aside"}, "bo")
    amended = {
        "base": digest("t"),
        "changes": CHANGES,
        "closes_at": at,
        "integrates": [person("bo")],
        "terms": digest("t"),
    }
    yield draft("consent.amended/1", reason | amended, as_=MANDATE)


ROUND = {
    "chain": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "round": 123,
}
ROUND_SIGNATURE = (
    "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482"
    "e26cd02df835d3546d23c4b13e0dfc92"
)


def draws():
    draw, at = uuid("draw"), AT + 604_800_000
    plain = {"alternates": 3, "design": "simple", "fallback": "empty", "seats": 12}
    members = {"members": {"parameters": plain}}
    terms = {"purpose": "Relire les comptes", "title": "Jury"}
    secrets = {"secrets": {"commitments": [digest(n) for n in ("one", "two", "six")], "least": 2}}
    numbers = {"numbers": {"sources": [{"name": "Loto, 7 septembre", "of": 49, "taken": 5}]}}
    body = terms | {"chance": {"beacon": ROUND}, "pool": members}
    yield draft("draw.announced/1", body, as_=MANDATE)
    for design, fallback in (
        ({"seats": {"est": 8, "ouest": 4}}, {"order": [1, 0]}),
        ({"weights": {"est": 2, "ouest": 1}}, "empty"),
    ):
        grouped = plain | {"design": design, "fallback": fallback}
        pool = {"members": {"groups": ["est", "ouest"], "parameters": grouped}}
        body = terms | {"chance": secrets, "comes_at": at, "pool": pool}
        yield draft("draw.announced/1", body, as_=MANDATE)
    file = {"parameters": digest("parameters"), "people": 900, "root": digest("pool"), "seats": 2}
    body = terms | {"chance": numbers, "comes_at": at, "pool": {"file": file}}
    yield draft("draw.announced/1", body, as_=MANDATE)
    beacon = {"beacon": ROUND | {"signature": ROUND_SIGNATURE}}
    yield draft("draw.drawn/1", {"draw": draw, "entropy": beacon}, "bo")
    reveals = [{"secret": digest("secret")}, "missing", {"secret": digest("other")}]
    yield draft("draw.drawn/1", {"draw": draw, "entropy": {"secrets": reveals}}, "bo")
    strata = [
        {"alternates": ["c-3"], "drawn": ["a-1"], "then": [1]},
        {"alternates": [], "drawn": ["d-4"], "then": []},
    ]
    body = {
        "draw": draw,
        "entropy": {"numbers": [[9_007_199_254_740_991, 4]]},
        "listed": {"file": digest("file"), "strata": strata},
    }
    yield draft("draw.drawn/1", body, "bo")
    declined = {"draw": draw, "person": person("bo"), "reason": "Absent"}
    yield draft("draw.declined/1", declined, "bo")
    yield draft("draw.declined/1", declined | {"person": "a-1"}, as_=MANDATE)


def mandates():
    vote, at = uuid("vote"), AT + 604_800_000
    mandate = {"assignment": uuid("mandate")}
    circle = {"circle": "jardin", "parent": "assembly", "purpose": "Les terres communes"}
    yield draft("circle.formed/2", circle, as_=MANDATE)
    remit = {"domains": ["terres", "eau:puits"], "ends_at": at, "review_at": at}
    yield draft("circle.formed/2", circle | remit, as_=MANDATE)
    yield draft("circle.extended/1", {"circle": "jardin", "vote": vote}, "bo")
    plain = {
        "acceptance": False,
        "delegable": False,
        "filled_by": ["appointment"],
        "powers": [],
        "purpose": "Tenir les comptes",
        "seats": {"least": 0, "most": 1},
        "term_days": 365,
    }
    whole = {
        "acceptance": True,
        "accountabilities": ["Publier un bilan"],
        "delegable": True,
        "domains": ["terres:sud"],
        "electorate": {"groups": ["est"]},
        "filled_by": ["vote", "election", "draw", "rotation"],
        "interim_days": 30,
        "limits": {
            "consecutive": 2,
            "cooling_off_days": 365,
            "incompatible": ["tresor"],
            "most_weight": 4,
            "total": 6,
            "weight": 2,
        },
        "link": "delegate",
        "powers": [
            {"circle": "jardin", "power": "roles"},
            {"groups": ["est"], "power": "membership"},
            {"caps": [{"amount": 50_000, "unit": "EUR"}], "power": "ledger"},
        ],
        "review_at": at,
        "seats": {"least": 1, "most": 3},
    }
    for act in ("role.defined/2", "role.amended/1"):
        place = {"circle": "jardin"} if act == "role.defined/2" else {}
        for charter in (plain, plain | whole):
            yield draft(act, place | {"charter": charter, "role": "greffe"}, as_=MANDATE)
    yield draft("role.retired/1", {"role": "greffe"}, as_=MANDATE)
    term = {"from": at, "role": "greffe", "until": at + 86_400_000}
    for way in ("appointment", "interim"):
        body = term | {"basis": {way: "Absence"}, "member": person("bo")}
        yield draft("role.assigned/2", body, as_=MANDATE)
    for way in ("vote", "draw", "election", "rotation"):
        body = term | {"basis": {way: vote}, "member": person("bo")}
        yield draft("role.assigned/2", body, "bo")
    for act in ("accepted", "declined", "reclaimed"):
        yield draft(f"assignment.{act}/1", mandate, "bo")
    yield draft("assignment.recalled/1", mandate | {"vote": vote}, "bo")
    delegated = mandate | {"powers": ["roles", "ledger"], "to": person("ana"), "until": at}
    yield draft("assignment.delegated/1", delegated, "bo")
    options = [{"id": person("bo"), "label": "Bo"}]
    opening = {"closes_at": at, "electorate": "members", "options": options, "title": "T"}
    opening["method"] = {"approval": {"seats": 1}}
    extension = {"circle": "jardin", "ends_at": at}
    for subject in ({"fill": term}, {"recall": uuid("mandate")}, {"extend": extension}):
        body = {"rules": {"subject": subject}, "vote": opening}
        yield draft("vote.opened/2", body, as_=MANDATE)
    terms = {"purpose": "Le greffe", "title": "Tirage"}
    pool = {"alternates": 3, "design": "simple", "fallback": "empty", "seats": 1}
    pool = {"members": {"parameters": pool}}
    body = terms | {"chance": {"beacon": ROUND}, "fills": term, "pool": pool}
    yield draft("draw.announced/1", body, as_=MANDATE)


def good_mandates():
    yield from named(mandates())


def good_draws():
    yield from named(draws())


def commitment(election, nominator, nominee, salt):
    """The commitment to a nomination (docs/spec/elections.md 2)."""
    ids = b"".join(bytes.fromhex(name.replace("-", "")) for name in (election, nominator, nominee))
    text = b"archipel.nomination.v1\n" + ids + bytes.fromhex(salt)
    return hashlib.sha256(text).hexdigest()


def elections():
    election, day = uuid("election"), 86_400_000
    calendar = {
        "change_by": AT + 3 * day,
        "nominate_by": AT + day,
        "round_hours": 48,
        "share_by": AT + 2 * day,
    }
    secrets = {"secrets": {"commitments": [digest(n) for n in ("one", "two", "ten")], "least": 2}}
    terms = {
        "calendar": calendar,
        "criteria": "Tenir la caisse à jour",
        "from": AT + 5 * day,
        "role": "tresor",
        "silence": "consents",
        "until": AT + 95 * day,
    }
    ties = ["self-nominator", "incumbent", "revote"]
    rules = {"electors": "members", "lot": secrets, "lot_at": AT + 9 * day, "ties": ties}
    yield draft("election.opened/1", terms | rules, as_=MANDATE)
    later = {"calendar": calendar | {"opens_at": AT + 1}, "silence": "withholds", "ties": []}
    rules = {"electors": {"groups": ["est", "ouest"]}, "lot": {"beacon": ROUND}}
    yield draft("election.opened/1", terms | later | rules, as_=MANDATE)
    numbers = {"numbers": {"sources": [{"name": "Loto, 7 octobre", "of": 49, "taken": 5}]}}
    listed = {"listed": [person("ada"), person("bo")]}
    rules = {"electors": listed, "lot": numbers, "lot_at": AT + 9 * day, "ties": ["revote"]}
    yield draft("election.opened/1", terms | rules, as_=MANDATE)
    salt = digest("salt")
    sealed = commitment(election, person("bo"), person("ada"), salt)
    yield draft("nomination.sealed/1", {"commitment": sealed, "election": election}, "bo")
    named = {"election": election, "nominee": person("ada"), "reason": "Elle sait compter"}
    yield draft("nomination.revealed/1", named | {"salt": salt}, "bo")
    yield draft("nomination.changed/1", named, "bo")
    yield draft("candidate.proposed/1", {"election": election}, "bo")
    reveals = [{"secret": digest("secret")}, "missing", {"secret": digest("other")}]
    for entropy in (
        {"secrets": reveals},
        {"numbers": [[3, 14, 15]]},
        {"beacon": ROUND | {"signature": ROUND_SIGNATURE}},
    ):
        yield draft("candidate.proposed/1", {"election": election, "entropy": entropy}, "bo")
    candidate = {"candidate": person("ada"), "election": election}
    yield draft("election.consented/1", candidate, "bo")
    yield draft("election.objected/1", candidate | {"reason": "Trop de mandats"}, "bo")
    for answer in (
        {"challenged": "En quoi ?"},
        {"integrated": {"note": "Un bilan à mi-mandat"}},
        {"integrated": {"note": "Un mandat plus court", "until": AT + 50 * day}},
        {"discarded": "Déjà trois rôles"},
    ):
        body = {"answer": answer, "election": election, "objector": person("bo")}
        yield draft("election.answered/1", body)
    yield draft("election.declined/1", {"election": election, "reason": "Pas cette année"}, "bo")
    yield draft("election.concluded/1", {"election": election}, "bo")


def good_elections():
    yield from named(elections())


def nominations():
    for name, election, nominator, nominee, salt in (
        ("small numbers", 1, 2, 3, "04" * 32),
        ("oneself", 1, 2, 2, "04" * 32),
        ("nominator and nominee the other way round", 1, 3, 2, "04" * 32),
        ("large numbers", 2**128 - 1, 2**128 - 2, 2**127, "f" * 64),
    ):
        texts = [f"{number:032x}" for number in (election, nominator, nominee)]
        ids = ["-".join((t[:8], t[8:12], t[12:16], t[16:20], t[20:])) for t in texts]
        names = dict(zip(("election", "nominator", "nominee"), ids))
        yield {"name": name, **names, "salt": salt, "commitment": commitment(*ids, salt)}
def rotations():
    day, first = 86_400_000, AT + 604_800_000
    away = [{"from": first, "until": first + day}, {"from": first + day, "until": first + 2 * day}]
    yield draft("availability.declared/1", {"away": away, "unwanted": ["caisse"]}, "bo")
    yield draft("availability.declared/1", {"away": [], "unwanted": []}, "bo")
    ada, bo = person("ada"), person("bo")
    limits = {"cooling_off": 1, "max_consecutive": 2, "max_held": 366, "weight": 1}
    roles = [
        limits | {"closed": [2], "role": "accueil", "seats": 2},
        limits | {"role": "caisse", "weight": 3},
    ]
    terms = {
        "incompatible": [["accueil", "caisse"]],
        "load_cap": 3,
        "people": [ada, bo],
        "periods": away,
        "roles": roles,
    }
    place = {"period": 1, "role": "accueil", "seat": 1}
    ratio = {"load": 1, "periods": 2}
    reached = {"filled": 1, "loads": [ratio]}
    plan = {
        "assignments": [{"person": ada, "place": place}],
        "certificate": {"bound": reached, "kind": {"bounded": {"reached": reached}}},
        "loads": [{"new": 1, "past": 0, "periods": 2, "person": ada}],
        "objective": {
            "filled": 1,
            "gaps": ["never", {"after": 3}],
            "loads": [ratio],
            "lots": [{"drawn": digest("lot")}, "vacant"],
        },
        "vacant": [
            {"place": place | {"seat": 2}, "reason": "nobody-eligible"},
            {"place": place | {"period": 2}, "reason": "nobody-available"},
            {"place": place | {"role": "caisse"}, "reason": {"all": "cooling-off"}},
            {
                "place": place | {"period": 2, "role": "caisse"},
                "reason": {"several": [["not-available", 1], ["load-cap", 2]]},
            },
        ],
    }
    planned = {"plan": plan, "terms": terms, "title": "Automne"}
    yield draft("rotation.planned/1", planned, as_=MANDATE)
    others = {"draw": uuid("draw"), "supersedes": uuid("rotation")}
    for proof in ("search", {"potentials": {"people": [[0, -1]], "seats": [[1, 0]]}}):
        changed = plan | {"certificate": {"bound": reached, "kind": {"optimal": proof}}}
        yield draft("rotation.planned/1", planned | others | {"plan": changed}, as_=MANDATE)


def good_rotations():
    yield from named(rotations())


def bad_beacons():
    """Beacons that are not signed by their chain."""
    for name, changes in (
        ("a beacon of another round", {"round": 124}),
        ("a beacon with another signature", {"signature": ROUND_SIGNATURE[:-1] + "3"}),
        ("a beacon with a short signature", {"signature": ROUND_SIGNATURE[:-2]}),
        ("a beacon with a signature before it", {"previous_signature": ROUND_SIGNATURE}),
    ):
        beacon = ROUND | {"signature": ROUND_SIGNATURE} | changes
        content = {"draw": uuid("draw"), "entropy": {"beacon": beacon}}
        yield bad(name, "entropy.bad-signature", body("draw.drawn/1", content))


def requested(act, content, **members):
    return {"act": act, "body": content} | members


def safeguards():
    terms = {"delay_hours": 72, "holders": 2, "window_hours": 720}
    for subject in ("founders", "recovery", "rules", {"power": "ledger"}):
        yield draft("safeguard.set/1", terms | {"subject": subject}, as_=MANDATE)
    yield draft("safeguard.lifted/1", {"subject": {"power": "ledger"}}, as_=MANDATE)
    recovered = {"key": key("bo 2"), "member": person("bo"), "proof": proof("bo", "bo 2")}
    yield draft("key.recovered/1", recovered, as_=MANDATE)
    asked = requested("key.recovered/1", recovered)
    yield draft("request.opened/1", asked, as_=MANDATE)
    yield draft("request.opened/1", requested("safeguard.lifted/1", {"subject": "rules"}))
    request, text = uuid("request"), canonical.write(asked).decode()
    yield draft("request.countersigned/1", {"hash": digest(text), "request": request}, "bo")
    yield draft("request.stopped/1", {"reason": "Retrouvée", "request": request}, "bo")
    yield draft("request.carried/1", asked | {"request": request}, as_=MANDATE)


def good_safeguards():
    yield from named(safeguards())


def bad_requests():
    """The act within a request is no act, or not of its form, or carries a wrong proof."""
    shouted = requested("call.shouted/1", {"call": "appel-1"})
    request = {"request": uuid("request")}
    for act, more in (("request.opened/1", {}), ("request.carried/1", request)):
        unknown = body(act, shouted | more)
        yield bad(f"an act that does not exist, in {act}", "statement.unknown-act", unknown)
        lacking = body(act, requested("safeguard.lifted/1", {}) | more)
        yield bad(f"a body that lacks a member, in {act}", "statement.missing-member", lacking)
        recovered = {"key": key("bo 2"), "member": person("bo"), "proof": proof("ada", "bo 2")}
        wrong = body(act, requested("key.recovered/1", recovered) | more)
        yield bad(f"a proof for somebody else, in {act}", "signature.invalid", wrong)
    deep = body("request.opened/1", requested("request.opened/1", shouted))
    yield bad("an act that does not exist, two requests deep", "statement.unknown-act", deep)
    lifted = requested("safeguard.lifted/1", {"subject": "rules"})
    extra = body("request.opened/1", lifted | request)
    yield bad("a member that belongs to another act", "statement.unknown-member", extra)
    no_act = body("request.opened/1", {"body": {"subject": "rules"}})
    yield bad("no act", "statement.missing-member", no_act)
    no_request = body("request.carried/1", lifted)
    yield bad("no request", "statement.missing-member", no_request)


def good_votes():
    yield from named(votes_under_rules())


def ledger():
    yield draft(
        "unit.defined/1", {"kind": "euro", "name": "Euro", "scale": 2, "unit": "EUR"}, as_=MANDATE
    )
    account = {"account": "caisse", "owner": "fund", "steward": "caisse", "unit": "EUR"}
    yield draft("account.opened/1", account | {"ceiling": 500_000, "floor": -100}, as_=MANDATE)
    own = {"account": "bo", "owner": {"member": person("bo")}, "unit": "EUR"}
    yield draft("account.opened/1", own, as_=MANDATE)
    yield draft("account.closed/1", {"account": "caisse"}, as_=MANDATE)
    legs = [
        {"account": "caisse", "amount": -9_007_199_254_740_991, "unit": "EUR"},
        {"account": "bo", "amount": 9_007_199_254_740_991, "unit": "EUR"},
    ]
    streams = ["account/caisse", "unit/EUR"]
    unchanged = {"unchanged": {"since": 41, "streams": streams}}
    moved = {"label": "Remboursement", "legs": legs}
    yield draft("move.posted/1", moved, as_=MANDATE, if_=unchanged)
    yield draft("move.reversed/1", {"original": uuid("move"), "reason": "Doublon"}, as_=MANDATE)


def witnessed(holder="neighbour", **changes):
    """The body of checkpoint.witnessed/1, signed as it was before the changes."""
    content = {
        "key": key(holder),
        "log": "voisine",
        "origin": "archipel.example/voisine",
        "root": digest("the neighbour's tree"),
        "size": 1_234_067,
    }
    signature = ed25519.sign(seed(holder), statement.checkpoint(content)).hex()
    return content | {"signature": signature} | changes


def federation():
    yield draft("checkpoint.witnessed/1", witnessed(), as_=MANDATE)


SIGNERS = {key(name): name for name in ("ada", "bo", "passer-by", "instance")}


def good():
    drafts = [founding(), *membership(), *roles(), *proposals(), *votes(), *ledger(), *federation()]
    yield from named(drafts)
    for name, at in (("late", AT + 300_000), ("early", AT - 300_000)):
        found = draft("call.signed/1", CALL, id=uuid("x", at))
        payload = canonical.write(found)
        expect = {"id": found["id"], "issued_at": AT}
        yield vector(f"an id five minutes {name}", payload, signed(payload), expect=expect)


def named(drafts):
    times = {}
    for found in drafts:
        payload = canonical.write(found)
        act = found["act"]
        times[act] = times.get(act, 0) + 1
        name = act if times[act] == 1 else f"{act} ({times[act]})"
        expect = {m: found[m] for m in found if m not in ("body", "if")}
        signature = signed(payload, SIGNERS[found["key"]])
        yield vector(name, payload, signature, expect=expect)


def vector(name, payload, signature, origin=ORIGIN, **rest):
    try:
        shown = {"payload": payload.decode()}
    except UnicodeDecodeError:
        shown = {"payload_hex": payload.hex()}
    return {"name": name, "origin": origin, **shown, "signature": signature, **rest}


CALL = {"call": "appel-1"}


def bad(name, code, payload, signature=None, origin=ORIGIN):
    signature = signature or signed(payload)
    return vector(name, payload, signature, origin, code=code)


def bad_form():
    """The payload is not canonical; more of this kind in ../canonical."""
    sound = canonical.write(draft("call.signed/1", CALL))

    def changed(name, code, old, new):
        assert old in sound
        return bad(name, "statement." + code, sound.replace(old, new, 1))

    yield changed("a space", "not-canonical", b'"body":{', b'"body": {')
    yield changed("a line feed at the end", "trailing-bytes", b'convention"}', b'convention"}\n')
    act = b'"act":"call.signed/1",'
    swapped = sound.replace(act, b"").replace(b'"body"', act + b'"body"')
    yield bad("members out of order", "statement.not-canonical", swapped)
    yield changed("an escape that is not needed", "not-canonical", b"appel-1", b"appel\\u002d1")
    yield changed("a member twice", "duplicate-member", b'"key":', b'"issued_at":1,"key":')
    yield changed("a fraction", "float", str(AT).encode(), str(AT).encode() + b".0")
    yield changed("an exponent", "float", str(AT).encode(), b"17e11")
    big = str(2**53).encode()
    yield changed("an integer beyond 53 bits", "integer-range", str(AT).encode(), big)
    yield changed("null", "null", b'"call":"appel-1"', b'"call":null')
    yield changed("not NFC", "not-nfc", b"appel-1", "e\u0301".encode())
    yield changed("not UTF-8", "not-utf8", b"appel-1", b"\xff")
    yield bad("cut short", "statement.truncated", sound[:-1])
    yield bad("nothing", "statement.truncated", b"")
    yield bad("not an object", "statement.wrong-type", b'"call.signed/1"')


def body(act, content):
    return canonical.write(draft(act, content))


def bad_members():
    """Canonical, but not a statement of a known act."""

    def lacking(name):
        found = draft("call.signed/1", CALL)
        del found[name]
        return canonical.write(found)

    for name in ("act", "author", "body", "id", "issued_at", "key", "origin"):
        yield bad(f"no {name}", "statement.missing-member", lacking(name))
    extra = canonical.write(draft("call.signed/1", CALL, note="x"))
    yield bad("a member too many", "statement.unknown-member", extra)
    unknown = body("call.shouted/1", CALL)
    yield bad("an act that does not exist", "statement.unknown-act", unknown)
    later = body("call.signed/2", CALL)
    yield bad("a version that does not exist", "statement.unknown-act", later)
    number = canonical.write(draft(7, CALL))
    yield bad("an act that is a number", "statement.wrong-type", number)
    upper = canonical.write(draft("call.signed/1", CALL, key=key("ada").upper()))
    yield bad("a key in capitals", "statement.invalid-value", upper)
    braced = canonical.write(draft("call.signed/1", CALL, id=uuid("x").replace("-", "")))
    yield bad("an id without hyphens", "statement.invalid-value", braced)
    stream = {"revision": {"is": "absent", "stream": "dream/1"}}
    yield bad(
        "a condition on no kind of stream",
        "statement.invalid-value",
        canonical.write(draft("call.signed/1", CALL, if_=stream)),
    )
    wide = {"if_": {"revision": {"is": "absent", "stream": "vote/1"}, "until": 1}}
    yield bad(
        "a condition with a member too many",
        "statement.unknown-member",
        canonical.write(draft("call.signed/1", CALL, **wide)),
    )


def bad_bodies():
    """A known act whose body is not of its form."""

    def refuse(name, code, act, content):
        return bad(name, "statement." + code, body(act, content))

    yield refuse("a member too many", "unknown-member", "call.signed/1", CALL | {"x": 1})
    yield refuse("a member too few", "missing-member", "call.signed/1", {})
    yield refuse("not an object", "wrong-type", "call.signed/1", "appel-1")
    for slug in ("", "Appel", "a--b", "-a", "a_b", "été", "a" * 49):
        yield refuse(f"the slug “{slug}”", "invalid-value", "call.signed/1", {"call": slug})
    kinds = {"group": "nord", "name": "Nord"}
    yield refuse("no such kind", "unknown-variant", "group.registered/1", kinds | {"kind": "x"})
    lines = kinds | {"kind": "informal", "name": "a\nb"}
    yield refuse("a line feed in a line", "invalid-value", "group.registered/1", lines)
    long = kinds | {"kind": "informal", "name": "é" * 101}
    yield refuse("a line of 202 bytes", "invalid-value", "group.registered/1", long)
    yield refuse(
        "an empty text", "invalid-value", "proposal.submitted/1", {"text": "", "title": "T"}
    )
    unit = {"kind": "time", "name": "Minute", "scale": 0, "unit": "MIN"}
    yield refuse("a unit of one letter", "invalid-value", "unit.defined/1", unit | {"unit": "H"})
    yield refuse("a scale of 256", "integer-range", "unit.defined/1", unit | {"scale": 256})
    yield refuse("a negative scale", "integer-range", "unit.defined/1", unit | {"scale": -1})
    yield refuse("a scale as text", "wrong-type", "unit.defined/1", unit | {"scale": "0"})
    ballot = {"terms": digest("t"), "vote": uuid("vote")}
    for name, code, paper in (
        ("an unknown paper", "unknown-variant", {"rank": ["a"]}),
        ("two papers in one", "wrong-length", {"approve": [], "choice": "for"}),
        ("an unknown choice", "unknown-variant", {"choice": "maybe"}),
    ):
        yield refuse(name, code, "ballot.cast/1", ballot | {"paper": paper})


def bad_ids():
    """Ids that are no UUIDv7 of about the time of issue."""

    def named(name, code, **members):
        payload = canonical.write(draft("call.signed/1", CALL, **members))
        return bad(name, "statement." + code, payload)

    yield named("version 4", "id-version", id=uuid("x", version=4))
    yield named("another variant", "id-version", id=uuid("x", variant=3))
    yield named("the nil id", "id-version", id="00000000-0000-0000-0000-000000000000")
    yield named("five minutes and a bit late", "id-time", id=uuid("x", AT + 300_001))
    yield named("five minutes and a bit early", "id-time", id=uuid("x", AT - 300_001))


def bad_signatures():
    """Sound statements that nobody signed so, or for another log."""
    payload = canonical.write(draft("call.signed/1", CALL))
    other = canonical.write(draft("call.signed/1", {"call": "appel-2"}))
    sound = signed(payload)
    yield bad("another log", "statement.wrong-origin", payload, origin="archipel.example/other")
    longer = ORIGIN + "/2"
    yield bad("a log below", "statement.wrong-origin", payload, origin=longer)
    yield bad("the signature of another statement", "signature.invalid", payload, signed(other))
    yield bad("by another key", "signature.invalid", payload, signed(payload, "bo"))
    flipped = f"{int(sound[:2], 16) ^ 1:02x}" + sound[2:]
    yield bad("a bit of R", "signature.invalid", payload, flipped)
    s = int.from_bytes(bytes.fromhex(sound[64:]), "little") + ed25519.L
    larger = sound[:64] + s.to_bytes(32, "little").hex()
    yield bad("S plus the order", "signature.invalid", payload, larger)
    yield bad("zeros", "signature.invalid", payload, "00" * 64)
    bare = ed25519.sign(seed("ada"), payload).hex()
    yield bad("signed without the tag", "signature.invalid", payload, bare)
    hashed = ed25519.sign(seed("ada"), STATEMENT_TAG + hashlib.sha256(payload).digest()).hex()
    yield bad("the hash signed instead", "signature.invalid", payload, hashed)
    weak = canonical.write(draft("call.signed/1", CALL, key="01" + "00" * 31))
    yield bad("a weak key signs anything", "signature.invalid", weak, "01" + "00" * 63)
    no_point = canonical.write(draft("call.signed/1", CALL, key="02" + "00" * 31))
    yield bad("a key that is no point", "key.not-canonical", no_point, "00" * 64)


def bad_proofs():
    """Proofs of possession that do not hold."""

    def enrol(name, code, holder="ada 2", **changes):
        content = {"key": key(holder), "member": person("ada"), "proof": proof("ada", holder)}
        return bad(name, code, body("key.enrolled/1", content | changes))

    wrong = "signature.invalid"
    yield enrol("proof for another owner", wrong, proof=proof("bo", "ada 2"))
    yield enrol("proof by another key", wrong, proof=proof("ada", "bo"))
    other = proof("ada", "ada 2", "archipel.example/other")
    yield enrol("proof for another log", wrong, proof=other)
    yield enrol("a weak key", "key.weak", key="01" + "00" * 31)
    mixed = ed25519.encode(
        ed25519.add(ed25519.decode(bytes.fromhex(key("bo"))), ed25519.decode(bytes(32)))
    )
    yield enrol("a key with torsion", "key.torsion", key=mixed.hex())
    yield enrol("a key that is no point", "key.not-canonical", key="02" + "00" * 31)

    def foreign(name, code, **changes):
        return bad(name, code, body("checkpoint.witnessed/1", witnessed(**changes)))

    yield foreign("a checkpoint of another root", wrong, root=digest("another tree"))
    yield foreign("a checkpoint of another size", wrong, size=1_234_068)
    yield foreign("a checkpoint of another log", wrong, origin="archipel.example/c")
    yield foreign("a checkpoint by another key", wrong, key=key("bo"))
    yield foreign("a checkpoint with a weak key", "key.weak", key="01" + "00" * 31)
    like = "archipel/v1/statement"
    yield foreign("a checkpoint like a tag", "signature.text-like-tag", origin=like)


def leaves():
    drafts = [founding(), *list(votes())[3:6], draft("call.signed/1", CALL, "passer-by")]
    for number, found in enumerate(drafts):
        payload = canonical.write(found)
        signature = bytes.fromhex(signed(payload, SIGNERS[found["key"]]))
        parts = AT + 1_000 * number, bytes.fromhex(found["key"]), signature, payload
        yield found["act"], parts, statement.encode_leaf(*parts)
    # The layout holds whatever the parts are; these are made up.
    for name, at, payload in (
        ("a time before 1970", -1, b"{}"),
        ("the last moment", 2**63 - 1, "é".encode()),
        ("no payload", 0, b""),
    ):
        parts = at, bytes(range(32)), bytes(range(64)), payload
        yield name, parts, statement.encode_leaf(*parts)


def good_leaves():
    for name, (at, public, signature, payload), leaf in leaves():
        yield {
            "name": name,
            "recorded_at": at,
            "key": public.hex(),
            "signature": signature.hex(),
            "payload": payload.decode(),
            "leaf": leaf.hex(),
            "leaf_hash": statement.leaf_hash(leaf).hex(),
        }


def bad_leaves():
    leaf = list(leaves())[-1][2]

    def refuse(name, code, data):
        return {"name": name, "leaf_hex": data.hex(), "code": code}

    yield refuse("nothing", "malformed", b"")
    yield refuse("cut inside the head", "malformed", leaf[:100])
    yield refuse("cut by a byte", "malformed", leaf[:113])
    whole = statement.encode_leaf(0, bytes(32), bytes(64), b"{}")
    yield refuse("a payload cut by a byte", "malformed", whole[:-1])
    yield refuse("a byte too many", "trailing-bytes", whole + b"\n")
    yield refuse("format 0", "malformed", b"\0\0" + whole[2:])
    yield refuse("format 2", "malformed", b"\0\2" + whole[2:])
    yield refuse("little-endian format", "malformed", b"\1\0" + whole[2:])
    huge = whole[:106] + b"\xff" * 8 + b"{}"
    yield refuse("a length of 2^64 - 1", "malformed", huge)
    yield {
        "name": "a payload beyond the limit",
        "leaf_hex": (whole[:106] + (65_536).to_bytes(8, "big")).hex(),
        "code": "malformed",
    }


def trees():
    some = [bytes([n]) * n for n in range(9)]
    hashes = [statement.leaf_hash(leaf) for leaf in some]
    yield {
        "name": "nine short entries, at every size",
        "leaves": [leaf.hex() for leaf in some],
        "roots": [statement.root(hashes[:size]).hex() for size in range(10)],
    }


FILES = {
    "statement/vectors.json": good,
    "statement/votes.json": good_votes,
    "statement/draws.json": good_draws,
    "statement/mandates.json": good_mandates,
    "statement/elections.json": good_elections,
    "election/nominations.json": nominations,
    "statement/rotations.json": good_rotations,
    "statement/bad_beacons.json": bad_beacons,
    "statement/safeguards.json": good_safeguards,
    "statement/bad_requests.json": bad_requests,
    "statement/bad_form.json": bad_form,
    "statement/bad_members.json": bad_members,
    "statement/bad_bodies.json": bad_bodies,
    "statement/bad_ids.json": bad_ids,
    "statement/bad_signatures.json": bad_signatures,
    "statement/bad_proofs.json": bad_proofs,
    "leaf/vectors.json": good_leaves,
    "leaf/bad_leaves.json": bad_leaves,
    "leaf/tree.json": trees,
}


def main(folder):
    paths = {folder / name: make for name, make in FILES.items()}
    paths = {path: make for path, make in paths.items() if not path.exists()}
    if not paths:
        sys.exit("version 1 is made already, and is for ever")
    made = {path: list(make()) for path, make in paths.items()}
    for path, items in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ",\n ".join(json.dumps(item, ensure_ascii=False) for item in items)
        path.write_text(f"[\n {lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
