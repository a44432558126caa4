//! Words of views, for people: names of members, and the words that stand for states.

use crate::lang::Lang;

/// Names of members of views: as they are, in French, in English.
#[rustfmt::skip]
const LABELS: &[(&str, &str, &str)] = &[
    ("account", "compte", "account"), ("accounts", "comptes", "accounts"),
    ("acts", "actes", "acts"),
    ("admitted", "admis·e à", "admitted at"), ("adopted_by", "adoptée par", "adopted by"),
    ("amendments", "amendements", "amendments"), ("amount_text", "montant", "amount"),
    ("as", "mandat", "mandate"), ("author", "auteur·rice", "author"),
    ("balance_text", "solde", "balance"), ("base", "base", "base"),
    ("ceiling", "plafond", "ceiling"), ("charter", "charte", "charter"),
    ("circle", "cercle", "circle"), ("circles", "cercles", "circles"),
    ("closed", "clos à", "closed at"),
    ("closes_at", "clôture", "closes"), ("code", "code", "code"), ("date", "date", "date"),
    ("decided", "décidé", "decided"), ("declared", "proclamé", "declared"),
    ("delegated", "voix déléguées", "delegated votes"),
    ("delegation", "délégation", "delegation"),
    ("dissent_days", "jours pour avis minoritaire et motifs", "days for dissent and reasons"),
    ("dissents", "avis minoritaires", "dissents"),
    ("phase", "phase", "phase"),
    ("sheet", "questions posées ensemble", "questions put together"),
    ("counted_by", "méthode", "method"),
    ("followed_by", "suivi de", "followed by"), ("follows", "fait suite à", "follows"),
    ("blocks", "objections au plus", "objections at most"), ("budget", "budget", "budget"),
    ("minimum", "consentements au moins", "consents at least"),
    ("stand_asides", "retraits au plus", "stand aside at most"),
    ("lost_circle", "voix perdues, en cercle", "lost votes, in a circle"),
    ("lost_no_vote", "voix perdues, sans vote", "lost votes, no vote"),
    ("lost_over_limit", "voix perdues, au-delà du plafond", "lost votes, over the limit"),
    ("review_at", "à réviser le", "to be reviewed"),
    ("review_days", "révision après (jours)", "review after (days)"),
    ("scope", "portée", "scope"), ("status_quo", "statu quo", "status quo"),
    ("tie", "égalité", "tie"), ("tie_break", "égalité tranchée car", "tie broken because"),
    ("tie_seed", "graine du tirage", "seed of the lot"), ("tied", "à égalité", "tied"),
    ("topic", "sujet", "topic"),
    ("alternates", "suppléant·es", "alternates"), ("announced_at", "annoncé le", "announced"),
    ("chance", "hasard", "chance"), ("chances", "chances", "chances"),
    ("comes_at", "hasard attendu le", "chance comes"), ("first", "tiré·e", "drawn"),
    ("gone", "parti·e", "has left"), ("group", "groupe", "group"),
    ("holder", "titulaire", "holder"), ("missing", "secrets manquants", "missing secrets"),
    ("panel", "panel", "panel"), ("people", "personnes", "people"),
    ("person", "personne", "person"), ("pool", "vivier", "pool"),
    ("seat", "place", "seat"), ("seed", "graine", "seed"), ("stratum", "strate", "stratum"),
    ("declined", "décliné", "declined"), ("next", "remplacé·e par", "replaced by"),
    ("declined_because", "décliné parce que", "declined because"),
    ("dissolved", "dissous à", "dissolved at"), ("electorate", "corps électoral", "electorate"),
    ("eligible", "électeur·rices", "eligible"), ("ended", "fin anticipée", "ended"),
    ("floor", "plancher", "floor"), ("founded", "fondée", "founded"),
    ("founded_at", "fondée le", "founded"),
    ("founding_role", "rôle fondateur", "founding role"), ("from", "depuis", "from"),
    ("grades", "mentions", "grades"),
    ("groups", "groupes", "groups"), ("hash", "empreinte", "hash"),
    ("holders", "titulaires", "holders"), ("id", "identifiant", "id"),
    ("issued_at", "signé le", "issued"),
    ("key", "clé", "key"), ("key_file", "fichier de clé", "key file"),
    ("keys", "clés", "keys"), ("kind", "nature", "kind"), ("label", "libellé", "label"),
    ("leaf", "feuille", "leaf"), ("left", "parti·e à", "left at"), ("legs", "lignes", "legs"),
    ("majority", "majorité", "majority"),
    ("mandate", "mandat", "mandate"), ("mandates", "mandats", "mandates"),
    ("max_choices", "choix au plus", "choices at most"),
    ("member", "membre", "member"), ("members", "membres", "members"),
    ("method", "méthode", "method"), ("moves", "mouvements", "moves"), ("name", "nom", "name"),
    ("cosigned_at", "cosigné le", "cosigned"), ("own_size", "taille vue", "size seen"),
    ("peer", "pair", "peer"), ("peer_size", "taille montrée", "size shown"),
    ("number", "numéro", "number"), ("open_amendments", "amendements ouverts", "open amendments"),
    ("open_vote", "vote ouvert", "open vote"), ("open_votes", "votes ouverts", "open votes"),
    ("opened", "ouvert à", "opened at"),
    ("opens_at", "ouverture", "opens"), ("options", "options", "options"),
    ("origin", "origine", "origin"), ("owner", "titulaire", "owner"),
    ("parent", "au sein de", "within"), ("payload", "texte signé", "payload"),
    ("position", "position", "position"),
    ("powers", "pouvoirs", "powers"), ("profile", "profil", "profile"),
    ("proof", "preuve", "proof"),
    ("proposal", "proposition", "proposal"), ("proposals", "propositions", "proposals"),
    ("public_key", "clé publique", "public key"), ("purpose", "raison d'être", "purpose"),
    ("question", "question", "question"),
    ("reason", "motif", "reason"), ("recorded_at", "enregistré le", "recorded"),
    ("registrar", "clé de l'instance", "instance's key"), ("reversed", "annulé", "reversed"),
    ("reverses", "annule", "reverses"), ("revoked", "révoquée à", "revoked at"),
    ("role", "rôle", "role"), ("roles", "rôles", "roles"), ("root", "racine", "root"),
    ("root_circle", "cercle racine", "root circle"), ("scale", "décimales", "decimals"),
    ("seats", "sièges", "seats"), ("settled", "réglé à", "settled at"),
    ("signatory", "signataire", "signatory"), ("signature", "signature", "signature"),
    ("signatures", "signatures", "signatures"), ("since", "depuis", "since"),
    ("slug", "nom court", "name"), ("state", "état", "state"),
    ("state_hash", "empreinte d'état", "state hash"),
    ("steward", "gardien", "steward"), ("sum", "somme", "sum"), ("support", "soutiens", "support"),
    ("supporters_ever", "soutiens (toutes versions)", "supporters (any version)"),
    ("tally", "décompte", "tally"), ("term_days", "durée (jours)", "term (days)"),
    ("terms", "termes", "terms"), ("text", "texte", "text"), ("title", "titre", "title"),
    ("type", "acte", "act"), ("unit", "unité", "unit"), ("units", "unités", "units"),
    ("ungraded", "sans mention", "ungraded"),
    ("until", "jusqu'à", "until"), ("version", "version", "version"),
    ("version_number", "version n°", "version no."),
    ("versions", "versions", "versions"),
    ("url", "adresse", "address"), ("verdict", "verdict", "verdict"),
    ("view", "vue", "view"), ("vkey", "clé de vérification", "verifier key"),
    ("votes", "votes", "votes"),
    ("withdrawn", "retirée à", "withdrawn at"),
    ("active", "en cours", "running"), ("coming", "à venir", "coming"),
    ("days", "jours tenus", "days held"), ("filled", "places pourvues", "places filled"),
    ("given", "mandat donné", "mandate given"), ("optimal", "optimal", "optimal"),
    ("past", "passés", "past"), ("planned", "charge prévue", "planned load"),
    ("vacant", "places vacantes", "vacant places"),
];

/// Words that stand for states and kinds: as they are, in French. English is as they are.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("open", "ouvert"), ("closed", "clos"), ("declared", "proclamé"), ("scheduled", "à venir"),
    ("in-vote", "en vote"), ("adopted", "adopté"), ("rejected", "rejeté"),
    ("withdrawn", "retiré"), ("integrated", "intégré"), ("declined", "décliné"),
    ("active", "en cours"), ("upcoming", "à venir"), ("over", "terminé"),
    ("resigned", "démission"), ("recalled", "révocation"),
    ("collective", "collectif"), ("association", "association"), ("informal", "informel"),
    ("time", "temps"), ("euro", "euro"), ("other", "autre"),
    ("fund", "caisse commune"), ("exterior", "extérieur"),
    ("amended", "amendé"), ("raised", "soulevée"), ("validated", "reconnue"),
    ("challenged", "mise en doute"), ("maintained", "maintenue"), ("fallback", "à défaut"),
    ("in-force", "en vigueur"), ("to-review", "à réviser"), ("ended", "terminée"),
    ("announced", "annoncé"), ("due", "à tirer"), ("drawn", "tiré"),
    ("declared-order", "ordre déclaré"), ("status-quo", "statu quo"), ("chair", "voix du rôle"),
    ("second-ballot", "second tour de départage"), ("second-convocation", "seconde convocation"),
    ("withheld until closing", "caché jusqu'à la clôture"),
    ("announced", "annoncé"), ("ballots", "dépôt des bulletins"), ("opinions", "avis et motifs"),
    ("until-review", "décision en vigueur"),
    ("true", "oui"), ("false", "non"),
    ("mandate", "mandat"), ("planned", "prévu"), ("vacant", "vacant"),
];

/// A word of a state or kind, for people.
pub(crate) fn word(lang: Lang, word: &str) -> String {
    let french = WORDS.iter().find(|(known, _)| *known == word).map(|(_, fr)| *fr);
    match (lang, french) {
        (Lang::Fr, Some(fr)) => fr.to_owned(),
        (Lang::En, _) if word == "true" => "yes".to_owned(),
        (Lang::En, _) if word == "false" => "no".to_owned(),
        _ => word.to_owned(),
    }
}

/// The name of a member of a view, for people.
pub(crate) fn label(lang: Lang, name: &str) -> String {
    let known = LABELS.iter().find(|(known, ..)| *known == name);
    known.map_or_else(|| name.replace('_', " "), |(_, fr, en)| lang.pick(fr, en).to_owned())
}

/// Acts without their version: as they are, in French, in English.
#[rustfmt::skip]
const ACTS: &[(&str, &str, &str)] = &[
    ("instance.founded", "instance fondée", "instance founded"),
    ("group.registered", "groupe enregistré", "group registered"),
    ("member.admitted", "membre admis·e", "member admitted"),
    ("member.left", "membre parti·e", "member left"),
    ("key.enrolled", "clé ajoutée", "key enrolled"),
    ("key.rotated", "clé remplacée", "key rotated"),
    ("key.revoked", "clé révoquée", "key revoked"),
    ("call.published", "appel publié", "call published"),
    ("call.signed", "appel signé", "call signed"),
    ("call.withdrawn", "signature retirée", "signature withdrawn"),
    ("circle.formed", "cercle formé", "circle formed"),
    ("circle.dissolved", "cercle dissous", "circle dissolved"),
    ("role.defined", "rôle défini", "role defined"),
    ("role.assigned", "rôle confié", "role assigned"),
    ("role.ended", "mandat terminé", "mandate ended"),
    ("proposal.submitted", "proposition déposée", "proposal submitted"),
    ("proposal.supported", "proposition soutenue", "proposal supported"),
    ("proposal.withdrawn", "proposition retirée", "proposal withdrawn"),
    ("version.published", "version publiée", "version published"),
    ("amendment.proposed", "amendement proposé", "amendment proposed"),
    ("amendment.integrated", "amendement intégré", "amendment integrated"),
    ("amendment.declined", "amendement décliné", "amendment declined"),
    ("vote.opened", "vote ouvert", "vote opened"),
    ("ballot.cast", "bulletin déposé", "ballot cast"),
    ("vote.closed", "vote clos", "vote closed"),
    ("outcome.declared", "résultat proclamé", "outcome declared"),
    ("unit.defined", "unité définie", "unit defined"),
    ("account.opened", "compte ouvert", "account opened"),
    ("account.closed", "compte fermé", "account closed"),
    ("move.posted", "mouvement passé", "move posted"),
    ("move.reversed", "mouvement annulé", "move reversed"),
    ("checkpoint.witnessed", "autre journal constaté", "other log witnessed"),
    ("tie.broken", "égalité tranchée", "tie broken"),
    ("lot.drawn", "sort tiré", "lot drawn"),
    ("dissent.attached", "avis minoritaire joint", "dissent attached"),
    ("reasons.attached", "motifs joints", "reasons attached"),
    ("votes.opened", "questions ouvertes", "questions opened"),
    ("dissent.joined", "avis minoritaire rejoint", "dissent joined"),
    ("decision.reviewed", "décision révisée", "decision reviewed"),
    ("objection.raised", "objection soulevée", "objection raised"),
    ("objection.answered", "objection examinée", "objection answered"),
    ("objection.maintained", "objection maintenue", "objection maintained"),
    ("objection.withdrawn", "objection levée", "objection withdrawn"),
    ("consent.amended", "texte amendé, nouveau tour", "text amended, new round"),
    ("delegation.given", "délégation donnée", "delegation given"),
    ("delegation.revoked", "délégation retirée", "delegation revoked"),
    ("draw.announced", "tirage annoncé", "draw announced"),
    ("draw.drawn", "panel tiré au sort", "panel drawn"),
    ("draw.declined", "place déclinée", "place declined"),
    ("availability.declared", "disponibilité déclarée", "availability declared"),
    ("rotation.planned", "rotation planifiée", "rotation planned"),
];

/// What an act is called, with its stable type.
pub(crate) fn act(lang: Lang, type_name: &str) -> String {
    let name = type_name.split('/').next().unwrap_or_default();
    let known = ACTS.iter().find(|(known, _, _)| *known == name);
    known.map_or_else(|| type_name.to_owned(), |(_, fr, en)| lang.pick(fr, en).to_owned())
}

#[cfg(test)]
mod tests {
    use super::ACTS;
    use archipel_domain::act::Act;
    use std::collections::BTreeSet;

    #[test]
    fn every_act_has_a_name() {
        let known: BTreeSet<&str> = ACTS.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(known.len(), ACTS.len());
        let all: BTreeSet<&str> =
            Act::TYPES.iter().filter_map(|name| name.split('/').next()).collect();
        assert_eq!(known, all);
    }
}
