//! The language of messages, and the messages of the command line itself.
//!
//! Codes of the engine and of the rules have their messages in `archipel-api`, so that the pages
//! and the command line say the same.

use archipel_engine::explain::Tongue;
use std::ffi::OsString;

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// The language in which outcomes are explained.
    pub(crate) const fn tongue(self) -> Tongue {
        match self {
            Self::Fr => Tongue::French,
            Self::En => Tongue::English,
        }
    }

    /// The language of the environment: English if the locale says so, else French.
    pub(crate) fn of_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        if locale.is_some_and(|locale| locale.starts_with("en")) { Self::En } else { Self::Fr }
    }

    /// The language that arguments ask for, found without understanding them: for saying that
    /// they are not understood.
    pub(crate) fn of_arguments(arguments: &[OsString]) -> Self {
        let mut words = arguments.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            let value = match word.strip_prefix("--lang") {
                Some("") => words.next().map(|value| value.to_string()),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            match value.as_deref() {
                Some("fr") => return Self::Fr,
                Some("en") => return Self::En,
                _ => {}
            }
        }
        Self::of_environment()
    }

    /// One of two texts.
    pub(crate) const fn pick(self, fr: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }
}

/// What people are told of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

/// A message and its detail, with the punctuation of the language.
pub(crate) fn joined(lang: Lang, message: &str, detail: &str) -> String {
    let colon = lang.pick(" : ", ": ");
    format!("{}{colon}{detail}", message.trim_end_matches('.'))
}

/// The message of a code, if there is one.
pub(crate) fn message(lang: Lang, code: &str) -> Option<Message> {
    let own = OWN.iter().find(|(known, ..)| *known == code).or_else(|| crate::lots::row(code));
    let of_row = |(_, fr, en, help_fr, help_en): &Row| Message {
        message: lang.pick(fr, en).to_owned(),
        help: Some(lang.pick(help_fr, help_en)).filter(|help| !help.is_empty()).map(str::to_owned),
    };
    let own = own.map(of_row).or_else(|| shared(lang, code));
    let help = HELP.iter().find(|(known, ..)| *known == code);
    own.or_else(|| crate::lots::kind_row(code).map(of_row)).map(|message| match help {
        Some((_, fr, en)) => Message { help: Some(lang.pick(fr, en).to_owned()), ..message },
        None => message,
    })
}

/// What to do about a code of the rules, in the words of the command line.
const HELP: &[(&str, &str, &str)] = &[
    (
        "mandate.as-required",
        "ajoutez --as MANDAT, ou --as RÔLE si vous tenez ce rôle",
        "add --as MANDATE, or --as ROLE if you hold that role",
    ),
    (
        "instance.missing",
        "vérifiez le chemin, ou créez une instance par `archipel init`",
        "check the path, or create an instance by `archipel init`",
    ),
    (
        "store.in-use",
        "arrêtez l'autre processus, ou parlez-lui par --server",
        "stop the other process, or talk to it by --server",
    ),
    ("submit.busy", "recommencez avec le même --id", "try again with the same --id"),
    ("submit.in-doubt", "recommencez avec le même --id", "try again with the same --id"),
    (
        "key-file.password-needed",
        "donnez le mot de passe au clavier, ou par --password-file",
        "type the password, or give it by --password-file",
    ),
    (
        "amendment.conflict",
        "écrivez le texte entier voulu dans un fichier, et donnez-le par --resolution",
        "write the whole text that is wanted to a file, and give it by --resolution",
    ),
];

/// The message of a code of the engine or of the rules.
fn shared(lang: Lang, code: &str) -> Option<Message> {
    let api_lang = match lang {
        Lang::Fr => archipel_api::Lang::Fr,
        Lang::En => archipel_api::Lang::En,
    };
    let text = archipel_api::message(api_lang, code);
    if text == code {
        return None;
    }
    // The first sentence says what is wrong, what follows says what to do.
    let (message, help) = match text.split_once(". ") {
        Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
        None => (text.trim_end_matches('.').to_owned(), None),
    };
    Some(Message { message, help })
}

/// Code, message in French and in English, help in French and in English.
pub(crate) type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Code, message in French and in English, help in French and in English.
#[rustfmt::skip]
const OWN: &[Row] = &[
    ("usage.arguments", "commande non comprise", "the command is not understood",
     "voyez `archipel --help`", "see `archipel --help`"),
    ("usage.no-instance", "aucune instance indiquée", "no instance is named",
     "ajoutez --data DOSSIER, --server URL ou --me PROFIL",
     "add --data DIR, --server URL or --me PROFILE"),
    ("usage.two-instances", "deux instances indiquées", "two instances are named",
     "choisissez --data ou --server, pas les deux", "give --data or --server, not both"),
    ("audit.trial-balance", "les comptes ne sont pas justes", "the books do not balance",
     "vérifiez le journal par `archipel audit verify`",
     "verify the log by `archipel audit verify`"),
    ("usage.local-only", "cette commande lit un dossier, pas un serveur",
     "this command reads a directory, not a server",
     "ajoutez --data DOSSIER", "add --data DIR"),
    ("usage.no-key", "aucune clé indiquée pour signer", "no key is named to sign with",
     "ajoutez --key FICHIER ou --me PROFIL", "add --key FILE or --me PROFILE"),
    ("usage.no-author", "aucun membre indiqué comme auteur", "no member is named as the author",
     "ajoutez --author UUID ou --me PROFIL", "add --author UUID or --me PROFILE"),
    ("usage.no-origin", "l'origine du journal n'est pas connue", "the log's origin is not known",
     "ajoutez --origin NOM, ou indiquez l'instance", "add --origin NAME, or name the instance"),
    ("usage.date", "date illisible", "the date can not be read",
     "écrivez 2026-12-31, 2026-12-31T18:00:00Z ou +90d (s, m, h, d, w)",
     "write 2026-12-31, 2026-12-31T18:00:00Z or +90d (s, m, h, d, w)"),
    ("usage.amount", "montant illisible pour cette unité", "the amount does not fit the unit",
     "écrivez un nombre décimal exact, sans plus de décimales que l'unité (entre parenthèses)",
     "write an exact decimal with no more decimals than the unit has (in brackets)"),
    ("usage.fraction", "fraction illisible", "the fraction can not be read",
     "écrivez par exemple 2/3", "write for instance 2/3"),
    ("usage.value", "valeur refusée", "the value is not accepted", "", ""),
    ("usage.option", "option de vote illisible", "the option can not be read",
     "écrivez id=libellé, ou id=libellé@proposition", "write id=label, or id=label@proposal"),
    ("usage.method-flag", "cette méthode n'a pas ce paramètre",
        "the method has no such parameter",
        "retirez-le ; count --list dit la règle de chaque méthode",
        "leave it out; count --list says the rule of each method"),
    ("usage.one-question", "ce vote ne pose qu'une question", "this vote puts one question only",
        "votez avec --choice, --approve, --rank, --grade ou --points",
        "vote with --choice, --approve, --rank, --grade or --points"),
    ("usage.paper", "dites ce que porte le bulletin", "say what the ballot holds",
     "choisissez --choice, --approve, --grade ou --blank",
     "give --choice, --approve, --grade or --blank"),
    ("usage.legs", "ce mouvement n'est pas complet", "the move is not complete",
     "écrivez `move DE VERS MONTANT UNITÉ`, ou plusieurs --leg compte=montant",
     "write `move FROM TO AMOUNT UNIT`, or several --leg account=amount"),
    ("usage.public-key", "indiquez la clé du membre", "name the member's key",
     "donnez --new-key FICHIER, ou --public-key et --proof",
     "give --new-key FILE, or --public-key and --proof"),
    ("usage.position", "position ou date illisible", "the position or date can not be read",
     "écrivez un nombre d'actes, ou une date", "write a number of statements, or a date"),
    ("usage.text", "texte refusé", "the text is not accepted",
     "un texte n'est ni vide, ni trop long, et ne contient pas de caractère de contrôle",
     "a text is neither empty nor too long, and holds no control character"),
    ("usage.format", "format de fichier non reconnu", "the file's format is not recognised",
     "ajoutez --format", "add --format"),
    ("cli.file", "fichier illisible ou non inscriptible", "a file can not be read or written",
     "", ""),
    ("cli.exists", "ce fichier existe déjà", "the file exists already",
     "rien n'est jamais écrasé : choisissez un autre nom",
     "nothing is ever overwritten: choose another name"),
    ("cli.profile", "profil illisible", "the profile can not be read",
     "un profil est un fichier JSON écrit par `archipel init` ou `archipel key new --profile`",
     "a profile is a JSON file written by `archipel init` or `archipel key new --profile`"),
    ("cli.output", "sortie impossible", "the output can not be written", "", ""),
    ("cli.answer", "réponse inattendue", "an unexpected answer", "", ""),
    ("cli.threads", "impossible de lancer les fils d'exécution", "threads can not be started",
     "", ""),
    ("cli.no-change", "le nouveau texte est identique", "the new text is the same",
     "modifiez le fichier avant de proposer", "edit the file before proposing it"),
    ("cli.password", "les deux mots de passe diffèrent", "the two passwords differ", "", ""),
    ("cli.count", "dépouillement impossible", "the file can not be counted", "", ""),
    ("cli.listen", "adresse d'écoute refusée", "the address can not be listened on", "", ""),
    ("cli.terms", "l'instance ne montre pas ce qui a été signé",
     "the instance does not show what was signed",
     "n'envoyez rien, et demandez un audit", "send nothing, and ask for an audit"),
    ("cli.script", "scénario interrompu", "the script stopped", "", ""),
    ("import.refused", "des actes ont été refusés", "statements were refused",
     "les lignes refusées sont nommées ci-dessus", "the refused lines are named above"),
    ("remote.unreachable", "serveur injoignable", "the server can not be reached",
     "vérifiez l'adresse et le réseau, puis recommencez avec le même --id",
     "check the address and the network, then try again with the same --id"),
    ("remote.unavailable", "serveur indisponible", "the server is not available",
     "recommencez avec le même --id", "try again with the same --id"),
    ("remote.answer", "réponse du serveur non comprise", "the server's answer is not understood",
     "vérifiez l'adresse", "check the address"),
    ("remote.https", "ce programme ne parle pas HTTPS lui-même",
     "this program does not speak HTTPS itself",
     "passez par un tunnel ou un mandataire local en http://",
     "go through a tunnel or a local proxy on http://"),
    ("cli.state", "audit sauvegardé illisible", "the saved audit can not be read",
     "supprimez ce fichier et recommencez l'audit depuis le début",
     "delete the file and audit from the beginning"),
    ("audit.proof", "preuve refusée", "the proof does not hold",
     "vérifiez la clé (--vkey) ; gardez le fichier",
     "check the key (--vkey); keep the file"),
    ("witness.fork", "un journal a montré deux histoires", "a log has shown two histories",
     "gardez le fichier indiqué et publiez-le : il prouve la bifurcation à lui seul",
     "keep the file named and publish it: it proves the fork by itself"),
    ("audit.origin", "audit échoué : le journal porte un autre nom",
     "audit failed: the log has another name",
     "donnez un autre fichier à --state", "give another file to --state"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_codes_are_unique_and_said_in_both_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for (code, fr, en, help_fr, help_en) in OWN {
            assert!(seen.insert(code), "{code} twice");
            assert!(!fr.is_empty() && !en.is_empty(), "{code}");
            assert_eq!(help_fr.is_empty(), help_en.is_empty(), "{code}");
        }
    }

    #[test]
    fn the_language_is_found_in_any_arguments() {
        let of = |words: &[&str]| {
            Lang::of_arguments(&words.iter().map(OsString::from).collect::<Vec<_>>())
        };
        assert_eq!(of(&["x", "--bad", "--lang", "en"]), Lang::En);
        assert_eq!(of(&["x", "--lang=fr", "--lang", "en"]), Lang::Fr);
    }
}
