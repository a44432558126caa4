//! What every command shares: the global options, the instance, and the one way to sign.

use crate::backend::{At, Backend, Local, Receipt, Remote, read_all_of};
use crate::failure::{Exit, Failure};
use crate::keys::{self, PasswordSource};
use crate::lang::Lang;
pub(crate) use crate::options::{AtArgs, Global, parse_at};
use crate::output::Output;
use crate::profile::Profile;
use crate::show;
use crate::when;
use archipel_domain::act::Act;
use archipel_domain::authority::Condition;
use archipel_domain::id::{KeyId, MemberId, StatementId};
use archipel_domain::role::Power;
use archipel_engine::crypto::{self, SecretKey};
use archipel_engine::log::statement::{Draft, Signed};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// How often a statement is handed in again when the answer is "not now".
const TRIES: u32 = 6;

/// Which mandate an act is done under when `--as` does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mandate {
    /// None: the act is every member's own.
    Own,
    /// One whose role carries the power; none if there is none, and the rules will say so.
    Power(Power),
    /// One of a role, such as an account's steward; none if there is none.
    Role(String),
}

/// Everything that a command needs.
pub(crate) struct App {
    /// The options given.
    pub(crate) global: Global,
    /// Where output goes.
    pub(crate) output: Output,
    profile: Option<Profile>,
    backend: Option<Box<dyn Backend>>,
    /// Whether `backend` is a directory.
    data: Option<PathBuf>,
}

/// Who signs.
pub(crate) struct Signer {
    /// Pseudonym.
    pub(crate) author: MemberId,
    /// Private key.
    pub(crate) secret: SecretKey,
}

impl App {
    /// Understands the global options; opens nothing yet.
    pub(crate) fn new(global: Global, output: Output) -> Result<Self, Failure> {
        let profile = global.me.as_deref().map(Profile::load).transpose()?;
        let (data, server) = match (&global.data, &global.server, &profile) {
            (Some(_), Some(_), _) => return Err(Failure::new("usage.two-instances")),
            (None, None, Some(profile)) => (profile.data.clone(), profile.server.clone()),
            (data, server, _) => (data.clone(), server.clone()),
        };
        // Whole, so that messages and profiles name it wherever they are read.
        let data = data.as_deref().map(std::path::absolute).transpose().map_err(Failure::answer)?;
        let backend: Option<Box<dyn Backend>> = match (&data, &server) {
            (Some(data), _) => Some(Box::new(Local::new(data))),
            (None, Some(server)) => Some(Box::new(Remote::new(server, output.lang)?)),
            (None, None) => None,
        };
        Ok(Self { global, output, profile, backend, data })
    }

    /// For one directory, whatever instance the options name.
    pub(crate) fn at_dir(global: &Global, output: Output, dir: &Path) -> Result<Self, Failure> {
        let data = Some(dir.to_owned());
        let global = Global { data, server: None, me: None, origin: None, ..global.clone() };
        Self::new(global, output)
    }

    /// The instance of a profile that is written for somebody: by whole path, so that the profile
    /// can be moved.
    pub(crate) fn fill_profile(&self, profile: &mut Profile) {
        profile.origin = self.origin().ok();
        profile.data.clone_from(&self.data);
        if profile.data.is_none() {
            let of_profile = self.profile.as_ref().and_then(|profile| profile.server.clone());
            profile.server = self.global.server.clone().or(of_profile);
        }
    }

    /// The language of messages.
    pub(crate) fn lang(&self) -> Lang {
        self.output.lang
    }

    /// The instance.
    pub(crate) fn backend(&self) -> Result<&dyn Backend, Failure> {
        self.backend.as_deref().ok_or_else(|| Failure::new("usage.no-instance"))
    }

    /// The server that stands for the instance, if it is not a directory.
    pub(crate) fn server(&self) -> Option<&str> {
        let of_profile = || self.profile.as_ref().and_then(|profile| profile.server.as_deref());
        let named = self.global.server.as_deref().or_else(of_profile);
        named.filter(|_| self.data.is_none())
    }

    /// The instance's directory.
    pub(crate) fn data(&self) -> Result<&Path, Failure> {
        match (&self.data, &self.backend) {
            (Some(data), _) => Ok(data),
            (None, Some(_)) => Err(Failure::new("usage.local-only")),
            (None, None) => Err(Failure::new("usage.no-instance")),
        }
    }

    /// Reads a view; only its data.
    pub(crate) fn data_of(&self, path: &str) -> Result<Value, Failure> {
        let mut answer = self.backend()?.read(path, At::Latest)?;
        answer.get_mut("data").map(Value::take).ok_or_else(|| Failure::answer(path))
    }

    /// The whole name of a thing: as given if it is whole, else the one that begins so.
    pub(crate) fn resolve<T: FromStr>(&self, kind: &str, text: &str) -> Result<T, Failure> {
        let wrong = || Failure::with("usage.value", text);
        if text.len() == 36 {
            return text.parse().map_err(|_| wrong());
        }
        let found = self.data_of(&format!("{kind}/{text}"))?;
        found.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).ok_or_else(wrong)
    }

    /// The log's name: of the options, the profile, or the instance.
    pub(crate) fn origin(&self) -> Result<String, Failure> {
        if let Some(origin) = &self.global.origin {
            return Ok(origin.clone());
        }
        if let Some(origin) = self.profile.as_ref().and_then(|profile| profile.origin.clone()) {
            return Ok(origin);
        }
        match &self.backend {
            Some(backend) => backend.origin(),
            None => Err(Failure::new("usage.no-origin")),
        }
    }

    /// The member meant by "me".
    pub(crate) fn author(&self) -> Result<MemberId, Failure> {
        let of_profile = self.profile.as_ref().map(|profile| profile.member);
        let author = self.global.author.or(of_profile);
        author.ok_or_else(|| Failure::new("usage.no-author"))
    }

    /// The file of the key to sign with.
    pub(crate) fn key_path(&self) -> Result<&Path, Failure> {
        let of_profile = self.profile.as_ref().map(|profile| profile.key.as_path());
        let path = self.global.key.as_deref().or(of_profile);
        path.ok_or_else(|| Failure::new("usage.no-key"))
    }

    /// Where passwords come from.
    pub(crate) fn passwords(&self) -> PasswordSource<'_> {
        PasswordSource { file: self.global.password_file.as_deref(), lang: self.lang() }
    }

    /// Who signs.
    pub(crate) fn signer(&self) -> Result<Signer, Failure> {
        let author = self.author()?;
        let secret = keys::load(self.key_path()?, self.passwords())?;
        Ok(Signer { author, secret })
    }

    /// Signs an act and hands it in, as the options say; prints what comes of it.
    pub(crate) fn act(&self, act: impl Into<Act>, mandate: Mandate) -> Result<(), Failure> {
        let signer = self.signer()?;
        self.act_as(&signer, act.into(), mandate, &[]).map(|_| ())
    }

    /// The same, for a signer who is known; `named` is printed with the receipt. Answers with
    /// nothing when nothing was handed in.
    pub(crate) fn act_as(
        &self,
        signer: &Signer,
        act: Act,
        mandate: Mandate,
        named: &[(&str, String)],
    ) -> Result<Option<Receipt>, Failure> {
        let acting_as = self.mandate(signer.author, mandate)?;
        let act_type = act.type_name();
        let draft = self.draft(signer.author, act, acting_as)?;
        let origin = self.origin()?;
        if self.global.dry_run {
            let key = KeyId(*signer.secret.public_key().as_bytes());
            self.output.raw(&draft.payload(&origin, key)?)?;
            return Ok(None);
        }
        let id = draft.id;
        let signed = draft.sign(&origin, &signer.secret)?;
        if self.global.sign_only {
            self.output.raw(&signed.to_line())?;
            return Ok(None);
        }
        let receipt = self.hand_in(signed).map_err(|failure| match failure.exit() {
            // It may be recorded: whoever tries again needs the id, not to do it twice.
            Exit::Busy => failure.and(format!("--id {id}")),
            _ => failure,
        })?;
        self.print_receipt(act_type, &receipt, named)?;
        Ok(Some(receipt))
    }

    /// Whether statements are handed in, rather than only shown.
    pub(crate) fn is_for_real(&self) -> bool {
        !self.global.dry_run && !self.global.sign_only
    }

    fn draft(
        &self,
        author: MemberId,
        act: Act,
        acting_as: Option<StatementId>,
    ) -> Result<Draft, Failure> {
        let id = match self.global.id {
            Some(id) => id,
            None => new_id()?,
        };
        // The time of issue is the one in the id: the same id gives the same bytes again.
        let issued_at = id.unix_ms().map_or_else(when::now, archipel_domain::time::Timestamp);
        let condition = self.global.condition.as_deref().map(serde_json::from_str::<Condition>);
        let condition = condition
            .transpose()
            .map_err(|error| Failure::with("usage.value", format!("--if: {error}")))?;
        Ok(Draft { id, author, acting_as, issued_at, condition, act })
    }

    /// Hands in one statement; the same one again while the answer is "not now".
    fn hand_in(&self, signed: Signed) -> Result<Receipt, Failure> {
        let backend = self.backend()?;
        let statements = [signed];
        let mut pause = Duration::from_millis(100);
        let mut tries = 1;
        loop {
            let answers = backend.submit(&statements);
            let answer = answers.and_then(|answers| {
                answers.into_iter().next().unwrap_or_else(|| Err(Failure::answer("no receipt")))
            });
            match answer {
                Err(failure) if failure.is_passing() && tries < TRIES => {
                    std::thread::sleep(pause);
                    pause = pause.saturating_mul(2);
                    tries += 1;
                }
                answer => return answer,
            }
        }
    }

    fn print_receipt(
        &self,
        act_type: &str,
        receipt: &Receipt,
        named: &[(&str, String)],
    ) -> Result<(), Failure> {
        if self.output.json {
            let mut value = json!(receipt);
            if let Value::Object(members) = &mut value {
                let named = named.iter().map(|(name, text)| ((*name).to_owned(), json!(text)));
                members.extend(named);
            }
            return self.output.json(&value);
        }
        let lang = self.lang();
        let again = lang.pick("déjà enregistré", "already recorded");
        let done = lang.pick("enregistré", "recorded");
        self.output.say(format!("{act_type} {}", if receipt.duplicate { again } else { done }))?;
        let rows = [
            (lang.pick("position", "position"), receipt.position.to_string()),
            (lang.pick("identifiant", "id"), receipt.id.to_string()),
            (lang.pick("le", "at"), when::show(receipt.recorded_at)),
            (lang.pick("feuille", "leaf"), receipt.leaf.clone()),
            (lang.pick("taille", "size"), receipt.size.to_string()),
            (lang.pick("racine", "root"), receipt.root.clone()),
        ];
        let rows = rows.into_iter().map(|(name, value)| (name.to_owned(), value));
        let named = named.iter().map(|(name, text)| (show::label(lang, name), text.clone()));
        self.output.pairs(rows.chain(named).collect())
    }

    /// The mandate to name in `as`.
    pub(crate) fn mandate(
        &self,
        author: MemberId,
        wanted: Mandate,
    ) -> Result<Option<StatementId>, Failure> {
        let given = self.global.acting_as.as_deref();
        if let Some(given) = given {
            return self.find_mandate(author, given).map(Some);
        }
        let power = match wanted {
            Mandate::Own => return Ok(None),
            Mandate::Power(power) => power,
            Mandate::Role(role) => {
                let mandates = self.active_mandates(author)?;
                let found = mandates.into_iter().find(|(_, own)| *own == role);
                return Ok(found.map(|(id, _)| id));
            }
        };
        let of_profile = self.profile.as_ref().and_then(|profile| profile.acting_as.as_deref());
        if let Some(of_profile) = of_profile {
            return self.find_mandate(author, of_profile).map(Some);
        }
        if self.backend.is_none() {
            return Ok(None);
        }
        self.mandate_with(author, power)
    }

    /// A mandate by its UUID or its first digits, or by the role's name, among
    /// one's own and those that are delegated to one.
    fn find_mandate(&self, author: MemberId, text: &str) -> Result<StatementId, Failure> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let mandates = self.active_mandates(author)?;
        if let Some((id, _)) = mandates.into_iter().find(|(_, role)| role == text) {
            return Ok(id);
        }
        if let Some(id) = self.delegated(author, text) {
            return Ok(id);
        }
        let unknown = |_| Failure::with("mandate.unknown", text);
        self.resolve("assignments", text).map_err(unknown)
    }

    /// The mandate of a role that is delegated to somebody.
    fn delegated(&self, to: MemberId, role: &str) -> Option<StatementId> {
        let path = format!("roles/{role}");
        let list = "/data/mandates";
        let role = read_all_of(self.backend().ok()?, &path, At::Latest, list).ok()?;
        let mut mandates = role.pointer("/data/mandates/items")?.as_array()?.iter();
        let to = to.to_string();
        let found = mandates.find(|mandate| {
            let acts = mandate.pointer("/delegation/to").and_then(Value::as_str);
            acts == Some(&to) && mandate.get("ended").is_none_or(Value::is_null)
        })?;
        found.get("id")?.as_str()?.parse().ok()
    }

    /// One's first active mandate whose role carries a power.
    fn mandate_with(&self, author: MemberId, power: Power) -> Result<Option<StatementId>, Failure> {
        let Ok(Value::String(power)) = serde_json::to_value(power) else {
            return Ok(None);
        };
        for (id, role) in self.active_mandates(author)? {
            let role = self.data_of(&format!("roles/{role}"))?;
            let powers = role.get("powers").and_then(Value::as_array);
            if powers.is_some_and(|powers| powers.iter().any(|one| one.as_str() == Some(&power))) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn active_mandates(&self, author: MemberId) -> Result<Vec<(StatementId, String)>, Failure> {
        let member = match self.data_of(&format!("members/{author}")) {
            Ok(member) => member,
            Err(failure) if failure.code == "query.not-found" => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        };
        let now = when::now().0;
        let mandates = member.get("mandates").and_then(Value::as_array);
        let active = mandates.into_iter().flatten().filter_map(|mandate| {
            let moment = |name: &str| mandate.get(name).and_then(Value::as_i64);
            let running = moment("from")? <= now && now < moment("until")?;
            let ended = mandate.get("ended").is_some_and(|ended| !ended.is_null())
                || mandate.get("state").is_some_and(|state| state == "awaited");
            let id = mandate.get("id")?.as_str()?.parse().ok()?;
            let role = mandate.get("role")?.as_str()?.to_owned();
            (running && !ended).then_some((id, role))
        });
        Ok(active.collect())
    }
}

/// A fresh id for a statement of this moment.
pub(crate) fn new_id() -> Result<StatementId, Failure> {
    let bits = u128::from_be_bytes(*crypto::random::<16>()?);
    let now = u64::try_from(when::now().0).unwrap_or(0);
    Ok(StatementId::from_parts(now, bits))
}

/// A fresh pseudonym: a random UUID (version 4).
pub(crate) fn new_member() -> Result<MemberId, Failure> {
    let bits = u128::from_be_bytes(*crypto::random::<16>()?);
    Ok(MemberId((bits & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62)))
}
