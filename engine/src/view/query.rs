//! What can be asked, by path: the same words over HTTP and on the command line.

use super::QueryError;
use archipel_domain::time::Timestamp;
use archipel_domain::world::View;

/// Items on a page unless asked otherwise.
pub const PAGE_DEFAULT: u64 = 100;
/// Most items on a page.
pub const PAGE_MAX: u64 = 1_000;
/// Longest path, parameters included.
const PATH_BYTES_MAX: usize = 512;

/// Part of a list: `?from=N&limit=N`, or `?after=N` for `from=N+1`.
///
/// `from` is a place in the list, from 0; in lists of what the log holds, a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// First place or position shown.
    pub from: u64,
    /// Most items, from 1 to [`PAGE_MAX`].
    pub limit: u64,
}

impl Default for Page {
    fn default() -> Self {
        Self { from: 0, limit: PAGE_DEFAULT }
    }
}

impl Page {
    /// As many items as there can be, from the first.
    pub const FULL: Self = Self { from: 0, limit: PAGE_MAX };
}

/// A span of time, in milliseconds since 1970: `?from=T&until=T`. Absent, it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First moment; that of the state when absent.
    pub from: Option<Timestamp>,
    /// First moment after it.
    pub until: Option<Timestamp>,
}

/// A question about an instance.
///
/// Names are as in paths: a slug, or a UUID that may be cut after six or more of its digits as
/// long as it stays the only one of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// `status`
    Status,
    /// `instance`
    Instance,
    /// `members`
    Members(Page),
    /// `members/<uuid>`
    Member(String),
    /// `groups`
    Groups(Page),
    /// `groups/<slug>`, with a page of its members
    Group(String, Page),
    /// `calls`
    Calls(Page),
    /// `calls/<slug>`, with a page of its signatories
    Call(String, Page),
    /// `circles`
    Circles(Page),
    /// `roles`
    Roles(Page),
    /// `roles/<slug>`
    Role(String, Page),
    /// `holders`: who holds what, at a moment (`on=MS`) or at the state's own
    Holders(Option<Timestamp>, Page),
    /// `assignments/<uuid>`
    Assignment(String),
    /// `proposals`
    Proposals(Page),
    /// `proposals/<uuid>`
    Proposal(String),
    /// `proposals/<uuid>/versions/<hash>`
    Version(String, String),
    /// `amendments/<uuid>`
    Amendment(String),
    /// `votes`
    Votes(Page),
    /// `votes/<uuid>`
    Vote(String),
    /// `votes/<uuid>/picture`
    Picture(String),
    /// `votes/<uuid>/ballots`; of the members of one group, if one is named (`group=`)
    Ballots(String, Option<String>, Page),
    /// `decisions`
    Decisions(Page),
    /// `delegations`; of one member, if one is named (`member=`)
    Delegations(Option<String>, Page),
    /// `draws`
    Draws(Page),
    /// `draws/<uuid>`
    Draw(String),
    /// `draws/<uuid>/file`
    DrawFile(String),
    /// `safeguards`
    Safeguards(Page),
    /// `requests`
    Requests(Page),
    /// `requests/<uuid>`
    Request(String),
    /// `elections`
    Elections(Page),
    /// `elections/<uuid>`
    Election(String),
    /// `rotations`
    Rotations(Page),
    /// `rotations/<uuid>`
    Rotation(String),
    /// `availability`
    Availability,
    /// `calendar`; of a span of time (`from=`, `until=`)
    Calendar(Span),
    /// `load`; with the share of so many who carry most (`top=`)
    Load(u64, Page),
    /// `units`
    Units(Page),
    /// `logs`
    Logs(Page),
    /// `accounts`
    Accounts(Page),
    /// `accounts/<slug>`
    Account(String),
    /// `accounts/<slug>/statement`
    AccountStatement(String, Page),
    /// `moves/<uuid>` (the whole UUID)
    Move(String),
    /// `statements/<uuid>` (the whole UUID)
    Statement(String),
    /// `views`
    Views,
    /// `views/<name>`
    View(View),
    /// `timeline`
    Timeline(Page),
    /// `streams/<kind>/<name>`
    Stream(String, String, Page),
    /// `log`; whether payloads are wanted (`payload=true`)
    Log(Page, bool),
    /// `rejections`
    Rejections,
}

impl Query {
    /// Every path, with its parts in braces, and what it answers: for help and for OpenAPI.
    pub const PATHS: &'static [(&'static str, &'static str)] = &[
        ("status", "The log's name, its head, and how many there are of everything"),
        ("instance", "The instance as founded"),
        ("members", "Members, in order of admission"),
        ("members/{member}", "One member: groups, keys and mandates"),
        ("groups", "Groups"),
        ("groups/{group}", "One group with its present members"),
        ("calls", "Calls that people sign"),
        ("calls/{call}", "One call: text and signatories"),
        ("circles", "Circles"),
        ("roles", "Roles"),
        ("roles/{role}", "One role with its mandates"),
        ("holders", "Who holds which role at a moment, how they were chosen, what is vacant"),
        ("assignments/{assignment}", "One mandate"),
        ("proposals", "Proposals"),
        ("proposals/{proposal}", "One proposal: text, versions, support, amendments"),
        ("proposals/{proposal}/versions/{version}", "The text of one version"),
        ("amendments/{amendment}", "One amendment, and what integrating it would give"),
        ("votes", "Votes"),
        ("votes/{vote}", "One vote: terms, options, electorate; the tally once it is closed"),
        ("votes/{vote}/picture", "The outcome of a closed vote as SVG, in French and English"),
        (
            "votes/{vote}/ballots",
            "The distinct ballots of a closed vote, and how often each was cast",
        ),
        ("decisions", "The register of decisions: scope, budget, review, dissent"),
        ("delegations", "Delegations of votes in force"),
        ("draws", "Draws by lot"),
        (
            "draws/{draw}",
            "One draw: terms, pool, chances; what came, the panel, and who replaced whom",
        ),
        ("draws/{draw}/file", "The file by which anybody redoes a draw among members"),
        ("safeguards", "Which acts need several holders, how many, and after how long"),
        ("requests", "Acts that are requested: what is missing, who may sign, until when"),
        ("requests/{request}", "One requested act, whole, with those who agree"),
        ("elections", "Elections without candidates"),
        (
            "elections/{election}",
            "One election: terms, phase, nominations, who was proposed and why, objections",
        ),
        ("rotations", "Recorded plans of who holds which role when"),
        (
            "rotations/{rotation}",
            "One plan: who holds what and why, what is vacant, loads, certificate",
        ),
        ("availability", "What plans are made from: roles, mandates, when members are away"),
        ("calendar", "Who holds or is to hold which role, and who is next"),
        ("load", "What each member carries, and how concentrated mandates are"),
        ("units", "Units of account"),
        ("logs", "Other logs, as last recorded here"),
        ("accounts", "Ledger accounts"),
        ("accounts/{account}", "One account: balance and limits"),
        ("accounts/{account}/statement", "Moves of an account with the running balance"),
        ("moves/{move}", "One move with its legs"),
        ("statements/{statement}", "One statement as signed, with its place in the log"),
        ("views", "Every view with its state hash"),
        ("views/{view}", "One view with its state hash"),
        ("timeline", "How many acts of each type on each day"),
        ("streams/{kind}/{name}", "The acts of one stream"),
        ("log", "Entries of the log by position"),
        ("rejections", "Every code with which a rule refuses an act"),
    ];

    /// Reads a path such as `votes/0190…` or `log?from=0&limit=10`; nothing if it names no view.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::parse(path).ok()
    }

    /// Reads a path, saying what is wrong with it.
    ///
    /// # Errors
    /// [`QueryError::NoSuchView`] or [`QueryError::Parameter`].
    pub fn parse(path: &str) -> Result<Self, QueryError> {
        if path.len() > PATH_BYTES_MAX {
            return Err(QueryError::NoSuchView);
        }
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        let path = path.trim_matches('/');
        let words = path.split('/').map(decode).collect::<Option<Vec<String>>>();
        let words = words.ok_or(QueryError::NoSuchView)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let query = Self::of_words(&words).ok_or(QueryError::NoSuchView)?;
        parameters.split('&').filter(|pair| !pair.is_empty()).try_fold(query, Self::with)
    }

    fn of_words(words: &[&str]) -> Option<Self> {
        let page = Page::default();
        let name = |word: &str| word.to_owned();
        Some(match *words {
            ["status"] => Self::Status,
            ["instance"] => Self::Instance,
            ["members"] => Self::Members(page),
            ["members", id] => Self::Member(name(id)),
            ["groups"] => Self::Groups(page),
            ["groups", slug] => Self::Group(name(slug), page),
            ["calls"] => Self::Calls(page),
            ["calls", slug] => Self::Call(name(slug), page),
            ["circles"] => Self::Circles(page),
            ["roles"] => Self::Roles(page),
            ["roles", slug] => Self::Role(name(slug), page),
            ["holders"] => Self::Holders(None, page),
            ["assignments", id] => Self::Assignment(name(id)),
            ["proposals"] => Self::Proposals(page),
            ["proposals", id] => Self::Proposal(name(id)),
            ["proposals", id, "versions", hash] => Self::Version(name(id), name(hash)),
            ["amendments", id] => Self::Amendment(name(id)),
            ["votes"] => Self::Votes(page),
            ["votes", id] => Self::Vote(name(id)),
            ["votes", id, "picture"] => Self::Picture(name(id)),
            ["votes", id, "ballots"] => Self::Ballots(name(id), None, page),
            ["decisions"] => Self::Decisions(page),
            ["delegations"] => Self::Delegations(None, page),
            ["draws"] => Self::Draws(page),
            ["draws", id] => Self::Draw(name(id)),
            ["draws", id, "file"] => Self::DrawFile(name(id)),
            ["safeguards"] => Self::Safeguards(page),
            ["requests"] => Self::Requests(page),
            ["requests", id] => Self::Request(name(id)),
            ["elections"] => Self::Elections(page),
            ["elections", id] => Self::Election(name(id)),
            ["rotations"] => Self::Rotations(page),
            ["rotations", id] => Self::Rotation(name(id)),
            ["availability"] => Self::Availability,
            ["calendar"] => Self::Calendar(Span::default()),
            ["load"] => Self::Load(1, page),
            ["units"] => Self::Units(page),
            ["logs"] => Self::Logs(page),
            ["accounts"] => Self::Accounts(page),
            ["accounts", slug] => Self::Account(name(slug)),
            ["accounts", slug, "statement"] => Self::AccountStatement(name(slug), page),
            ["moves", id] => Self::Move(name(id)),
            ["statements", id] => Self::Statement(name(id)),
            ["views"] => Self::Views,
            ["views", view] => Self::View(View::from_name(view)?),
            ["timeline"] => Self::Timeline(page),
            ["streams", kind, stream] => Self::Stream(name(kind), name(stream), page),
            ["log"] => Self::Log(page, false),
            ["rejections"] => Self::Rejections,
            _ => return None,
        })
    }

    /// Takes in one parameter.
    fn with(mut self, pair: &str) -> Result<Self, QueryError> {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let wrong = || QueryError::Parameter(key.chars().take(40).collect());
        let number = || value.parse::<u64>().map_err(|_| wrong());
        let moment = || value.parse().map(Timestamp).map_err(|_| wrong());
        match (key, &mut self) {
            ("payload", Self::Log(_, payload)) => {
                *payload = value.parse().map_err(|_| wrong())?;
            }
            ("group", Self::Ballots(_, group, _)) => *group = Some(value.to_owned()),
            ("on", Self::Holders(on, _)) => {
                *on = Some(Timestamp(value.parse().map_err(|_| wrong())?));
            }
            ("member", Self::Delegations(member, _)) => *member = Some(value.to_owned()),
            ("from", Self::Calendar(span)) => span.from = Some(moment()?),
            ("until", Self::Calendar(span)) => span.until = Some(moment()?),
            ("top", Self::Load(top, _)) => *top = number()?,
            ("from", query) => query.page().ok_or_else(wrong)?.from = number()?,
            ("after", query) => {
                query.page().ok_or_else(wrong)?.from = number()?.saturating_add(1);
            }
            ("limit", query) => {
                let limit = number()?;
                if !(1..=PAGE_MAX).contains(&limit) {
                    return Err(wrong());
                }
                query.page().ok_or_else(wrong)?.limit = limit;
            }
            _ => return Err(wrong()),
        }
        Ok(self)
    }

    /// The page of a question about a list.
    fn page(&mut self) -> Option<&mut Page> {
        match self {
            Self::Members(page)
            | Self::Groups(page)
            | Self::Group(_, page)
            | Self::Calls(page)
            | Self::Call(_, page)
            | Self::Circles(page)
            | Self::Roles(page)
            | Self::Role(_, page)
            | Self::Holders(_, page)
            | Self::Proposals(page)
            | Self::Votes(page)
            | Self::Ballots(_, _, page)
            | Self::Decisions(page)
            | Self::Delegations(_, page)
            | Self::Draws(page)
            | Self::Safeguards(page)
            | Self::Requests(page)
            | Self::Elections(page)
            | Self::Rotations(page)
            | Self::Load(_, page)
            | Self::Units(page)
            | Self::Logs(page)
            | Self::Accounts(page)
            | Self::AccountStatement(_, page)
            | Self::Timeline(page)
            | Self::Stream(_, _, page)
            | Self::Log(page, _) => Some(page),
            _ => None,
        }
    }
}

/// Undoes percent-encoding: clients may encode the `:` of a slug.
fn decode(word: &str) -> Option<String> {
    let mut bytes = word.bytes();
    let mut decoded = Vec::with_capacity(word.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value =
                digit(bytes.next()?)?.checked_mul(16)?.checked_add(digit(bytes.next()?)?)?;
            decoded.push(u8::try_from(value).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_path_is_read() {
        for (path, _) in Query::PATHS {
            let sample = path.replace("{view}", "tallies");
            assert!(Query::from_path(&sample).is_some(), "{path}");
        }
    }

    #[test]
    fn parameters_are_read_strictly() {
        let log = |from, limit, payload| Ok(Query::Log(Page { from, limit }, payload));
        let wrong = |key: &str| Err(QueryError::Parameter(key.to_owned()));
        assert_eq!(Query::parse("log"), log(0, PAGE_DEFAULT, false));
        assert_eq!(Query::parse("/log?from=5&limit=10&payload=true"), log(5, 10, true));
        assert_eq!(Query::parse("log?after=5"), log(6, PAGE_DEFAULT, false));
        assert_eq!(Query::parse("log?limit=0"), wrong("limit"));
        assert_eq!(Query::parse("log?limit=1001"), wrong("limit"));
        assert_eq!(Query::parse("log?from=-1"), wrong("from"));
        assert_eq!(Query::parse("log?form=1"), wrong("form"));
        assert_eq!(Query::parse("status?limit=1"), wrong("limit"));
        assert_eq!(Query::parse("nothing"), Err(QueryError::NoSuchView));
        assert_eq!(Query::parse("views/nothing"), Err(QueryError::NoSuchView));
        let account = Query::Account("caisse:commune".to_owned());
        assert_eq!(Query::parse("accounts/caisse%3Acommune"), Ok(account));
        assert_eq!(Query::parse("accounts/%zz"), Err(QueryError::NoSuchView));
    }
}
