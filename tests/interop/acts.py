"""The bodies of all acts, from the tables of docs/spec/statement.md, as checkers of values.

A checker takes a value and raises a Fault, or returns. Members ending in `?` are optional.
"""

import re
import unicodedata

from canonical import fault


def text(value):
    if not isinstance(value, str):
        raise fault("wrong-type")
    return value


def pattern(expression):
    compiled = re.compile(expression)

    def check(value):
        if not compiled.fullmatch(text(value)):
            raise fault("invalid-value", value)

    return check


def prose(limit):
    def check(value):
        size = len(text(value).encode())
        allowed = "\n" if limit > 200 else ""
        control = any(unicodedata.category(c) == "Cc" and c not in allowed for c in value)
        if not 0 < size <= limit or control:
            raise fault("invalid-value")

    return check


def integer(low, high):
    def check(value):
        if isinstance(value, bool) or not isinstance(value, int):
            raise fault("wrong-type")
        if not low <= value <= high:
            raise fault("integer-range")

    return check


def flag(value):
    if not isinstance(value, bool):
        raise fault("wrong-type")


def array(item):
    def check(value):
        if not isinstance(value, list):
            raise fault("wrong-type")
        for each in value:
            item(each)

    return check


def pair(one, other):
    def check(value):
        if not isinstance(value, list):
            raise fault("wrong-type")
        if len(value) != 2:
            raise fault("invalid-value")
        one(value[0])
        other(value[1])

    return check


def mapping(name, item):
    def check(value):
        if not isinstance(value, dict):
            raise fault("wrong-type")
        for key, each in value.items():
            name(key)
            item(each)

    return check


def members(**types):
    known = {name.rstrip("_"): (check, False) for name, check in types.items()}
    return shape(known)


def optional(checker, **types):
    """Adds optional members to the checker of an object."""
    known = dict(checker.known)
    known.update({name.rstrip("_"): (check, True) for name, check in types.items()})
    return shape(known)


def shape(known):
    def check(value):
        if not isinstance(value, dict):
            raise fault("wrong-type")
        for name, each in value.items():
            if name not in known:
                raise fault("unknown-member", name)
            known[name][0](each)
        for name, (_, may_lack) in known.items():
            if name not in value and not may_lack:
                raise fault("missing-member", name)

    check.known = known
    return check


def choice(*names, **carrying):
    """One of these names, or an object with one member of these, `_` standing for `-`."""
    carried = {name.replace("_", "-"): check for name, check in carrying.items()}

    def check(value):
        if isinstance(value, str):
            if value in carried:
                raise fault("wrong-type")
            if value not in names:
                raise fault("unknown-variant", value)
        elif isinstance(value, dict):
            if len(value) != 1:
                raise fault("wrong-length")
            [(name, content)] = value.items()
            if name in names:
                raise fault("wrong-type")
            if name not in carried:
                raise fault("unknown-variant", name)
            carried[name](content)
        else:
            raise fault("wrong-type")

    return check


UUID = pattern(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = pattern(r"[0-9a-f]{64}")
SIGNATURE = pattern(r"[0-9a-f]{128}")
HEXADECIMAL = pattern(r"([0-9a-f]{2}){0,96}")
SLUG = pattern(r"(?=.{1,48}\Z)[a-z0-9]+([-.:][a-z0-9]+)*")
UNIT = pattern(r"[A-Z][A-Z0-9-]{1,22}")
LINE, PROSE, DOCUMENT = prose(200), prose(4_000), prose(20_000)
U8, U16, U32 = integer(0, 2**8 - 1), integer(0, 2**16 - 1), integer(0, 2**32 - 1)
I32 = integer(-(2**31), 2**31 - 1)
AMOUNT = TIME = integer(1 - 2**53, 2**53 - 1)
COUNT = integer(0, 2**53 - 1)

FRACTION = members(numerator=U32, denominator=U32)
BASE = choice("expressed", "cast", "eligible")
MAJORITY = choice(
    "simple",
    absolute=members(base=BASE),
    qualified=members(ratio=FRACTION, base=BASE, strict=flag),
)
QUORUM = members(ratio=FRACTION, base=choice("cast", "expressed"))
RULE = optional(members(majority=MAJORITY), quorum=QUORUM)
UNGRADED = choice("error", "worst", "median", "normalize", static=U8)
CHOICES = optional(members(), max_choices=U32)
METHOD = choice(
    yes_no=members(rule=RULE),
    consent=members(
        rule=optional(members(blocks=U32), minimum=U32, quorum=QUORUM, stand_asides=U32)
    ),
    approval=optional(members(seats=U32), max_choices=U32),
    majority_judgment=members(grades=array(text), seats=U32, ungraded=UNGRADED),
    judgment=members(
        rule=choice("usual-judgment", "typical-judgment", "central-judgment"),
        grades=array(text),
        seats=U32,
        ungraded=UNGRADED,
    ),
    ranked=members(
        rule=choice(
            *"plurality two-round borda irv copeland minimax-margins minimax-winning-votes "
            "schulze-margins schulze-winning-votes ranked-pairs-margins "
            "ranked-pairs-winning-votes stv-scottish stv-meek".split()
        ),
        seats=U32,
    ),
    points=members(
        rule=choice(
            score=members(most=U16, unscored=choice("zero", "excluded")),
            dots=optional(members(points=U32), cap=U16),
            quadratic=members(credits=U32),
        ),
        seats=U32,
    ),
    committee=optional(
        members(
            rule=choice("pav", "seq-pav", "seq-phragmen", "equal-shares"),
            completion=choice("none", "phragmen", "greedy"),
            seats=U32,
        ),
        max_choices=U32,
    ),
    budget=members(
        rule=choice(
            *"pb-greedy-votes pb-greedy-votes-per-cost pb-equal-shares-cost "
            "pb-equal-shares-cardinality".split()
        ),
        completion=choice("none", "add1", "add1u", "greedy"),
        budget=COUNT,
        costs=array(COUNT),
        unit=U32,
        paper=choice(approvals=CHOICES, points=optional(members(), cap=U16, total=U32)),
    ),
)
POWER = choice("membership", "roles", "proposals", "votes", "accounts", "ledger", "federation")
CHANGES = array(members(at=U32, remove=array(text), insert=array(text)))
FOUNDER = members(member=UUID, key=HASH, proof=SIGNATURE, assignment=UUID)
OWN_KEY = members(member=UUID, key=HASH, proof=SIGNATURE)
OPTION = optional(members(id=SLUG, label=LINE), proposal=UUID, version=HASH)
OWNER = choice("fund", "exterior", member=UUID, group=SLUG, circle=SLUG)
PAPER = choice(
    "blank",
    choice=choice("for", "against", "abstain"),
    approve=array(SLUG),
    grades=mapping(SLUG, text),
    ranks=array(array(SLUG)),
    points=mapping(SLUG, I32),
)
ELECTORATE = choice("members", groups=array(SLUG))
OPENING = optional(
    members(
        title=LINE,
        options=array(OPTION),
        method=METHOD,
        electorate=ELECTORATE,
        closes_at=TIME,
    ),
    question=PROSE,
    opens_at=TIME,
)
FILL = members(role=SLUG, from_=TIME, until=TIME)
CHARTER = optional(
    members(
        purpose=PROSE,
        powers=array(
            optional(
                members(power=POWER),
                circle=SLUG,
                groups=array(SLUG),
                caps=array(members(unit=UNIT, amount=COUNT)),
            )
        ),
        seats=members(least=U32, most=U32),
        term_days=U32,
        filled_by=array(choice("appointment", "vote", "election", "draw", "rotation")),
        acceptance=flag,
        delegable=flag,
    ),
    domains=array(SLUG),
    accountabilities=array(LINE),
    electorate=ELECTORATE,
    limits=optional(
        members(),
        consecutive=U32,
        total=U32,
        cooling_off_days=U32,
        incompatible=array(SLUG),
        weight=U32,
        most_weight=U32,
    ),
    link=choice("lead", "delegate"),
    interim_days=U32,
    review_at=TIME,
)
BASIS = choice(
    appointment=PROSE, interim=PROSE, vote=UUID, draw=UUID, election=UUID, rotation=UUID
)
TIE = choice(
    *"declared-order status-quo chair second-ballot".split(),
    lot=members(commitments=array(HASH)),
)
RULES = optional(
    members(),
    tie=TIE,
    status_quo=SLUG,
    delegation=optional(members(transitive=flag), topic=SLUG, max_weight=U32),
    follows=members(
        vote=UUID, as_=choice("second-convocation", "second-ballot", "fallback")
    ),
    quorum=QUORUM,
    decision=optional(
        members(budget=array(members(unit=UNIT, amount=COUNT))), circle=SLUG, review_days=U32
    ),
    dissent_days=U32,
    subject=choice(
        fill=FILL, recall=UUID, extend=members(circle=SLUG, ends_at=TIME)
    ),
)
MEMBER_TERMS = members(
    seats=U32,
    alternates=U32,
    design=choice("simple", seats=mapping(SLUG, U32), weights=mapping(SLUG, U32)),
    fallback=choice("empty", order=array(U32)),
)
DRAW_POOL = choice(
    members=optional(members(parameters=MEMBER_TERMS), groups=array(SLUG)),
    file=members(root=HASH, people=U32, parameters=HASH, seats=U32),
)
INTERVAL = members(from_=TIME, until=TIME)
ROTATION_TERMS = members(
    periods=array(INTERVAL),
    roles=array(
        optional(
            members(role=SLUG, weight=COUNT, max_consecutive=U32, cooling_off=U32, max_held=COUNT),
            seats=U32,
            closed=array(U32),
        )
    ),
    incompatible=array(pair(SLUG, SLUG)),
    load_cap=COUNT,
    people=array(UUID),
)
PLACE = members(period=U32, role=SLUG, seat=U32)
OBSTACLE = choice(
    *"not-eligible not-available held-enough cooling-off same-role incompatible load-cap".split()
)
RATIOS = array(members(load=COUNT, periods=COUNT))
BOUND = members(filled=COUNT, loads=RATIOS)
VECTORS = array(array(integer(-(2**53) + 1, 2**53 - 1)))
PLAN = members(
    assignments=array(members(place=PLACE, person=UUID)),
    vacant=array(
        members(
            place=PLACE,
            reason=choice(
                "nobody-eligible",
                "nobody-available",
                all=OBSTACLE,
                several=array(pair(OBSTACLE, U32)),
            ),
        )
    ),
    loads=array(members(person=UUID, past=COUNT, new=COUNT, periods=U32)),
    objective=members(
        filled=COUNT,
        loads=RATIOS,
        gaps=array(choice("never", after=COUNT)),
        lots=array(choice("vacant", drawn=HASH)),
    ),
    certificate=members(
        kind=choice(
            optimal=choice("search", potentials=members(seats=VECTORS, people=VECTORS)),
            bounded=members(reached=BOUND),
        ),
        bound=BOUND,
    ),
)
CHANCE = choice(
    beacon=members(chain=HASH, round=COUNT),
    secrets=members(commitments=array(HASH), least=U32),
    numbers=members(sources=array(members(name=text, of=U32, taken=U32))),
)
ENTROPY = choice(
    beacon=optional(
        members(chain=HASH, round=COUNT, signature=HEXADECIMAL), previous_signature=HEXADECIMAL
    ),
    secrets=array(choice("missing", secret=HASH)),
    numbers=array(array(COUNT)),
)
SCOPE = choice("all", topic=SLUG, vote=UUID)
CALENDAR = optional(
    members(nominate_by=TIME, share_by=TIME, change_by=TIME, round_hours=U32), opens_at=TIME
)
ELECTION_ANSWER = choice(
    challenged=PROSE, integrated=optional(members(note=PROSE), until=TIME), discarded=PROSE
)

BODIES = {
    "instance.founded/1": members(
        instance=UUID,
        name=LINE,
        charter=HASH,
        registrar=HASH,
        registrar_proof=SIGNATURE,
        founders=array(FOUNDER),
        term_days=U32,
    ),
    "group.registered/1": members(
        group=SLUG, name=LINE, kind=choice("collective", "association", "informal")
    ),
    "member.admitted/1": optional(
        members(member=UUID, key=HASH, proof=SIGNATURE, groups=array(SLUG)), profile=HASH
    ),
    "member.left/1": members(member=UUID),
    "key.enrolled/1": OWN_KEY,
    "key.rotated/1": OWN_KEY,
    "key.revoked/1": members(member=UUID, key=HASH),
    "call.published/1": members(call=SLUG, title=LINE, text=PROSE),
    "call.signed/1": members(call=SLUG),
    "call.withdrawn/1": members(call=SLUG),
    "circle.formed/1": members(circle=SLUG, parent=SLUG, purpose=PROSE),
    "circle.dissolved/1": members(circle=SLUG),
    "role.defined/1": members(
        role=SLUG, circle=SLUG, purpose=PROSE, powers=array(POWER), seats=U32, term_days=U32
    ),
    "role.assigned/1": members(role=SLUG, member=UUID, from_=TIME, until=TIME, basis=PROSE),
    "role.ended/1": members(assignment=UUID, reason=choice("resigned", "recalled")),
    "proposal.submitted/1": members(title=LINE, text=DOCUMENT),
    "proposal.supported/1": members(proposal=UUID, version=HASH),
    "proposal.withdrawn/1": members(proposal=UUID, reason=PROSE),
    "version.published/1": members(proposal=UUID, base=HASH, changes=CHANGES),
    "amendment.proposed/1": members(proposal=UUID, base=HASH, changes=CHANGES, reason=PROSE),
    "amendment.integrated/1": optional(
        members(amendment=UUID, into=HASH, result=HASH), resolution=CHANGES
    ),
    "amendment.declined/1": members(amendment=UUID, reason=PROSE),
    "vote.opened/1": OPENING,
    "ballot.cast/1": members(vote=UUID, terms=HASH, paper=PAPER),
    "vote.closed/1": members(vote=UUID),
    "outcome.declared/1": members(vote=UUID, tally=HASH),
    "unit.defined/1": members(
        unit=UNIT, name=LINE, scale=U8, kind=choice("euro", "time", "other")
    ),
    "account.opened/1": optional(
        members(account=SLUG, unit=UNIT, owner=OWNER), steward=SLUG, floor=AMOUNT, ceiling=AMOUNT
    ),
    "account.closed/1": members(account=SLUG),
    "move.posted/1": members(
        label=LINE, legs=array(members(account=SLUG, amount=AMOUNT, unit=UNIT))
    ),
    "move.reversed/1": members(original=UUID, reason=LINE),
    "checkpoint.witnessed/1": members(
        log=SLUG, origin=LINE, key=HASH, size=COUNT, root=HASH, signature=SIGNATURE
    ),
    "vote.opened/2": members(vote=OPENING, rules=RULES),
    "outcome.declared/2": members(vote=UUID, tally=HASH),
    "tie.broken/1": members(vote=UUID, order=array(SLUG), reason=PROSE),
    "lot.drawn/1": members(vote=UUID, secrets=array(HASH)),
    "dissent.attached/1": members(vote=UUID, text=PROSE),
    "reasons.attached/1": members(vote=UUID, text=PROSE),
    "votes.opened/1": optional(
        members(
            title=LINE,
            electorate=ELECTORATE,
            closes_at=TIME,
            questions=array(
                optional(
                    members(title=LINE, options=array(OPTION), method=METHOD),
                    question=PROSE,
                    rules=RULES,
                )
            ),
        ),
        opens_at=TIME,
    ),
    "dissent.joined/1": members(vote=UUID, author=UUID),
    "decision.reviewed/1": optional(
        members(vote=UUID, verdict=choice("kept", "revised", "ended"), note=PROSE), next=TIME
    ),
    "delegation.given/1": members(scope=SCOPE, to=UUID),
    "delegation.revoked/1": members(scope=SCOPE),
    "objection.raised/1": members(vote=UUID, terms=HASH, reason=PROSE),
    "objection.answered/1": members(
        vote=UUID, objector=UUID, answer=choice("validated", "challenged"), reason=PROSE
    ),
    "objection.maintained/1": members(vote=UUID, reason=PROSE),
    "objection.withdrawn/1": members(
        vote=UUID, then=choice("consent", "stand-aside"), reason=PROSE
    ),
    "draw.announced/1": optional(
        members(title=LINE, purpose=PROSE, pool=DRAW_POOL, chance=CHANCE),
        comes_at=TIME,
        fills=FILL,
    ),
    "draw.drawn/1": optional(
        members(draw=UUID, entropy=ENTROPY),
        listed=members(
            file=HASH,
            strata=array(members(drawn=array(LINE), alternates=array(LINE), then=array(U32))),
        ),
    ),
    "draw.declined/1": members(draw=UUID, person=LINE, reason=PROSE),
    "circle.formed/2": optional(
        members(circle=SLUG, parent=SLUG, purpose=PROSE),
        domains=array(SLUG),
        ends_at=TIME,
        review_at=TIME,
    ),
    "circle.extended/1": members(circle=SLUG, vote=UUID),
    "role.defined/2": members(role=SLUG, circle=SLUG, charter=CHARTER),
    "role.amended/1": members(role=SLUG, charter=CHARTER),
    "role.retired/1": members(role=SLUG),
    "role.assigned/2": members(
        role=SLUG, member=UUID, from_=TIME, until=TIME, basis=BASIS
    ),
    "assignment.accepted/1": members(assignment=UUID),
    "assignment.declined/1": members(assignment=UUID),
    "assignment.recalled/1": members(assignment=UUID, vote=UUID),
    "assignment.delegated/1": members(
        assignment=UUID, to=UUID, until=TIME, powers=array(POWER)
    ),
    "assignment.reclaimed/1": members(assignment=UUID),
    "election.opened/1": optional(
        members(
            role=SLUG,
            from_=TIME,
            until=TIME,
            criteria=PROSE,
            electors=choice("members", groups=array(SLUG), listed=array(UUID)),
            calendar=CALENDAR,
            ties=array(choice("self-nominator", "incumbent", "revote")),
            lot=CHANCE,
            silence=choice("consents", "withholds"),
        ),
        lot_at=TIME,
    ),
    "nomination.sealed/1": members(election=UUID, commitment=HASH),
    "nomination.revealed/1": members(election=UUID, nominee=UUID, salt=HASH, reason=PROSE),
    "nomination.changed/1": members(election=UUID, nominee=UUID, reason=PROSE),
    "candidate.proposed/1": optional(members(election=UUID), entropy=ENTROPY),
    "election.consented/1": members(election=UUID, candidate=UUID),
    "election.objected/1": members(election=UUID, candidate=UUID, reason=PROSE),
    "election.answered/1": members(election=UUID, objector=UUID, answer=ELECTION_ANSWER),
    "election.declined/1": members(election=UUID, reason=PROSE),
    "election.concluded/1": members(election=UUID),
    "availability.declared/1": members(away=array(INTERVAL), unwanted=array(SLUG)),
    "rotation.planned/1": optional(
        members(title=LINE, terms=ROTATION_TERMS, plan=PLAN), draw=UUID, supersedes=UUID
    ),
    "consent.amended/1": members(
        vote=UUID,
        terms=HASH,
        base=HASH,
        changes=CHANGES,
        integrates=array(UUID),
        reason=PROSE,
        closes_at=TIME,
    ),
}

TERMS = members(
    subject=choice("founders", "recovery", "rules", power=POWER),
    holders=U32,
    delay_hours=U32,
    window_hours=U32,
)


def requesting(**more):
    """An act within an act: its type, and its body of that type."""
    form = members(act=text, body=lambda body: None, **more)

    def check(value):
        form(value)
        if value["act"] not in BODIES:
            raise fault("unknown-act", value["act"])
        BODIES[value["act"]](value["body"])

    return check


BODIES |= {
    "key.recovered/1": OWN_KEY,
    "safeguard.set/1": TERMS,
    "safeguard.lifted/1": members(subject=TERMS.known["subject"][0]),
    "request.opened/1": requesting(),
    "request.countersigned/1": members(request=UUID, hash=HASH),
    "request.stopped/1": members(request=UUID, reason=PROSE),
    "request.carried/1": requesting(request=UUID),
}

KINDS = (
    "instance|group|member|call|circle|role|assignment|proposal|amendment|vote|unit|account|log|draw"
    "|safeguard|request|election|rotation"
)
STREAM = pattern(rf"({KINDS})/.{{1,64}}")
EXPECTED = choice("absent", "present", exactly=COUNT)
CONDITION = optional(
    members(),
    revision=members(stream=STREAM, is_=EXPECTED),
    unchanged=members(since=COUNT, streams=array(STREAM)),
)
