//! The messages of draws by lot and of rotations, in the form of [`crate::lang`].

use crate::lang::Row;

/// Code, message in French and in English, help in French and in English.
#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    ("draw.people", "liste de personnes illisible", "the list of people can not be read",
     "CSV en UTF-8, une ligne par personne ; voyez --id-column, --household-column",
     "CSV in UTF-8, one row a person; see --id-column, --household-column"),
    ("draw.quotas", "quotas illisibles", "the quotas can not be read",
     "CSV avec les colonnes feature,value,min,max", "CSV with the columns feature,value,min,max"),
    ("draw.problem", "quotas et vivier ne vont pas ensemble",
     "quotas and people do not go together", "", ""),
    ("draw.no-panel", "aucun panel ne respecte tous les quotas", "no panel meets all quotas",
     "assouplissez les quotas indiqués, ou élargissez le vivier",
     "relax the quotas named, or widen the pool"),
    ("draw.too-much-work", "ces quotas demandent trop de calcul",
     "these quotas take more work than is allowed",
     "regroupez des catégories : moins de types", "merge categories: fewer types"),
    ("draw.group", "groupe illisible", "the group can not be read",
     "écrivez nord=3,sud=2, chaque groupe une fois", "write north=3,south=2, each group once"),
    ("draw.source", "source de nombres illisible", "the source of numbers can not be read",
     "écrivez nom=tirés/total, par exemple \"Loto du 3 juin=6/49\"",
     "write name=taken/of, such as \"Lottery of 3 June=6/49\""),
    ("draw.no-source", "dites d'où vient le hasard", "say where chance comes from",
     "--round ou --after, --commitments ou --source, une seule de ces sortes",
     "--round or --after, --commitments or --source, one kind only"),
    ("draw.unknown-person", "cette personne n'est pas dans le vivier",
     "this person is not in the pool", "", ""),
    ("draw.other-people",
     "les personnes ne sont pas celles du tirage ; première différence",
     "the people are not those of the draw; the first that differs", "", ""),
    ("draw.seat-count", "nombre de sièges ou de suppléant·es hors limites",
     "the number of seats or alternates is out of range", "", ""),
    ("draw.too-many-people", "trop de personnes pour ce tirage",
     "more people than this draw admits", "", ""),
    ("draw.too-few-people",
     "moins de personnes, de foyers ou de membres d'un groupe que de sièges",
     "fewer people, households or members of a group than seats", "", ""),
    ("draw.stratum-count", "nombre de groupes, de types ou de compositions hors limites",
     "the number of groups, types or compositions is out of range", "", ""),
    ("draw.seats-do-not-add-up", "la somme des parts n'est pas le nombre de sièges",
     "the parts do not add up to the seats", "", ""),
    ("draw.no-weight", "aucun groupe n'a de poids", "no group has any weight", "", ""),
    ("draw.unknown-stratum", "quelqu'un n'est d'aucun groupe ou type du tirage",
     "somebody is in no group or type of the draw", "", ""),
    ("draw.household-across-groups", "un foyer a des membres dans plusieurs groupes",
     "a household has members in several groups", "", ""),
    ("draw.households-not-here", "ce mode ne tire pas une personne par foyer",
     "this design does not draw one person of each household",
     "tirez d'abord avec --every-household, puis le panel avec --among ce tirage",
     "draw with --every-household first, then the panel with --among that draw"),
    ("draw.not-in-order", "types ou compositions en désordre",
     "types or compositions are not in ascending order", "", ""),
    ("draw.weights", "les poids des compositions ne s'additionnent pas",
     "the weights of the compositions do not add up", "", ""),
    ("draw.fallback", "ce remplacement ne va pas avec ce tirage",
     "the fallback does not fit the draw",
     "nearest demande des quotas ; les groupes se comptent à partir de 0",
     "nearest takes quotas; groups count from 0"),
    ("draw.key-and-design", "seuls des nombres publiés vont avec la RFC 3797, et elle avec eux",
     "published numbers and this design do not go together", "", ""),
    ("draw.not-of-this-draw", "qui se désiste n'a pas été tiré·e",
     "somebody who declines was not drawn", "", ""),
    ("pool.people-count", "personne, ou trop de monde", "nobody, or too many people", "", ""),
    ("pool.text", "un nom est vide, trop long ou contient un caractère de contrôle",
     "a name is empty, too long or holds control characters", "", ""),
    ("pool.feature-count", "quelqu'un a trop de caractéristiques",
     "somebody has too many features", "", ""),
    ("pool.repeated-id", "deux personnes ont le même identifiant", "two people have one id",
     "", ""),
    ("entropy.other-kind", "ce hasard n'est pas de la sorte annoncée",
     "this is another kind of chance than the announced one", "", ""),
    ("entropy.unknown-chain", "chaîne de balises inconnue", "the chain of beacons is not known",
     "drand-quicknet ou drand-mainnet", "drand-quicknet or drand-mainnet"),
    ("entropy.wrong-chain", "la balise est d'une autre chaîne",
     "the beacon is of another chain", "", ""),
    ("entropy.wrong-round", "la balise est d'un autre tour", "the beacon is of another round",
     "", ""),
    ("entropy.bad-signature", "la balise n'est pas signée par sa chaîne",
     "the beacon is not signed by its chain", "", ""),
    ("entropy.round-past", "trop tard : ce tour était déjà venu quand il a été annoncé",
     "too late: the round had come when it was announced",
     "annoncez un tour à venir", "announce a round that is yet to come"),
    ("entropy.commitment-count", "nombre d'engagements hors limites (3 à 64)",
     "the number of commitments is out of range (3 to 64)", "", ""),
    ("entropy.repeated-commitment", "deux engagements sont égaux", "two commitments are equal",
     "", ""),
    ("entropy.replayed", "un engagement a servi à un tirage précédent",
     "a commitment served in an earlier draw", "", ""),
    ("entropy.reveal-count", "il n'y a pas une révélation par engagement",
     "there is not one reveal for each commitment", "", ""),
    ("entropy.not-the-committed", "un secret n'est pas celui qui avait été engagé",
     "a secret is not the committed one", "", ""),
    ("entropy.too-few-reveals", "trop peu de secrets ont été révélés",
     "too few secrets were revealed", "", ""),
    ("entropy.numbers", "les nombres ne sont pas ceux qui étaient annoncés",
     "the published numbers are not those announced", "", ""),
    ("entropy.foreign", "la graine est d'un autre tirage, d'un autre vivier, d'autres paramètres \
      ou d'un autre hasard",
     "the seed is that of another draw, pool, parameters or chance", "", ""),
    ("evidence.beacon", "balise illisible", "the beacon can not be read",
     "la réponse de drand, telle quelle, en JSON", "drand's answer as it is, in JSON"),
    ("evidence.chain", "de quelle chaîne est cette balise ?", "of which chain is this beacon?",
     "ajoutez --chain", "add --chain"),
    ("evidence.randomness", "le hasard de la balise n'est pas SHA-256 de sa signature",
     "the beacon's randomness is not SHA-256 of its signature", "", ""),
    ("evidence.number", "nombre illisible", "a number can not be read",
     "écrivez 9319/2,5,12,8,10/9,18,26", "write 9319/2,5,12,8,10/9,18,26"),
    ("evidence.digits", "secrets ou engagements illisibles",
     "secrets or commitments can not be read",
     "64 chiffres hexadécimaux par ligne", "64 hexadecimal digits a line"),
    ("evidence.too-many", "trop de nombres, de sources ou de secrets",
     "too many numbers, sources or secrets", "", ""),
    ("announced.not-an-announcement", "ce fichier n'est pas une annonce de tirage",
     "the file is no announcement of a draw", "", ""),
    ("announced.not-canonical", "l'annonce n'est pas dans sa forme canonique",
     "the announcement is not in canonical form", "", ""),
    ("announced.parameters-hash", "l'empreinte de l'annonce est celle d'autres paramètres",
     "the hash in the announcement is that of other parameters", "", ""),
    ("announced.other-draw", "un autre tirage avait été annoncé", "another draw was announced",
     "", ""),
    ("announced.other-pool", "un autre vivier avait été annoncé",
     "another pool was announced",
     "le vivier ne change plus après l'annonce", "the pool does not change once announced"),
    ("announced.other-parameters", "d'autres paramètres avaient été annoncés",
     "other parameters were announced",
     "sans --seats, les paramètres annoncés servent",
     "without --seats the announced parameters serve"),
    ("announced.other-source", "une autre source de hasard avait été annoncée",
     "another source of chance was announced", "", ""),
    ("file.not-a-draw", "ce fichier n'est pas un tirage publié", "the file is no published draw",
     "", ""),
    ("file.not-canonical", "le fichier n'est pas dans sa forme canonique",
     "the file is not in canonical form", "", ""),
    ("file.format", "le fichier est d'un autre format", "the file is of another format", "", ""),
    ("file.pool-root", "le vivier du fichier n'est pas celui de sa racine",
     "the pool is not the one of the root", "", ""),
    ("file.parameters-hash", "les paramètres du fichier ne sont pas ceux de leur empreinte",
     "the parameters are not those of the hash", "", ""),
    ("file.composition", "la graine tire une autre composition",
     "the seed draws another composition", "", ""),
    ("file.panel", "la graine tire d'autres personnes", "the seed draws other people", "", ""),
    ("certificate.form", "ce fichier n'est pas un certificat de tirage",
     "the file is no certificate of a draw", "", ""),
    ("certificate.other-problem", "le tirage n'est pas celui de ces quotas",
     "the draw is not one of these quotas", "", ""),
    ("certificate.shortfall", "le certificat annonce un autre écart",
     "the certificate claims another shortfall", "", ""),
    ("plan.request", "demande de rotation illisible", "the request for a rotation can not be read",
     "voyez docs/spec/rotation.md", "see docs/spec/rotation.md"),
    ("plan.file", "plan illisible", "the plan can not be read",
     "un plan est ce qu'écrit role plan --json", "a plan is what role plan --json writes"),
];

/// What is wrong with the lottery, the request or the plan is the detail.
#[rustfmt::skip]
const KINDS: &[Row] = &[
    ("leximin.", "ces chances ne sont pas ce qu'elles disent",
     "these chances are not what they say", "", ""),
    ("rotation.", "cette rotation ne peut pas être demandée",
     "this rotation can not be asked for",
     "voyez docs/spec/rotation.md", "see docs/spec/rotation.md"),
    ("plan.", "ce plan ne tient pas", "the plan does not hold",
     "voyez docs/spec/rotation.md", "see docs/spec/rotation.md"),
];

/// The row of a code.
pub(crate) fn row(code: &str) -> Option<&'static Row> {
    ROWS.iter().find(|(known, ..)| *known == code)
}

/// The row of the kind of a code that has no message of its own.
pub(crate) fn kind_row(code: &str) -> Option<&'static Row> {
    KINDS.iter().find(|(kind, ..)| code.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use archipel_domain::draw::stratified::Fault;
    use archipel_domain::draw::{DrawError, EntropyError, PoolError};

    #[test]
    fn every_code_of_a_draw_has_a_message() {
        let draw = DrawError::ALL.map(DrawError::code);
        let pool = PoolError::ALL.map(PoolError::code);
        let entropy = EntropyError::ALL.map(EntropyError::code);
        let own: Vec<&str> = ROWS.iter().map(|(code, ..)| *code).collect();
        for code in draw.into_iter().chain(pool).chain(entropy) {
            assert!(own.contains(&code), "{code}");
        }
        assert!(Fault::CODES.iter().all(|code| row(code).or_else(|| kind_row(code)).is_some()));
        let mut seen = std::collections::BTreeSet::new();
        for (code, fr, en, help_fr, help_en) in ROWS.iter().chain(KINDS) {
            assert!(seen.insert(code), "{code} twice");
            assert!(!fr.is_empty() && !en.is_empty(), "{code}");
            assert_eq!(help_fr.is_empty(), help_en.is_empty(), "{code}");
        }
        assert_eq!(row("mandate.as-required"), None);
    }
}
