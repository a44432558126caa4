//! Why somebody was elected without being a candidate, in plain words.

use super::{Explanation, Tongue};
use archipel_domain::election::{Candidate, Election, Out, ProposedBy, Standing};

/// The sentences that say how an election went so far. `called` says what to call somebody.
#[must_use]
pub fn explain_election(election: &Election, called: &dyn Fn(u32) -> String) -> Explanation {
    let in_tongue = |tongue| Words { tongue, election, called }.sentences();
    Explanation { fr: in_tongue(Tongue::French), en: in_tongue(Tongue::English) }
}

struct Words<'a> {
    tongue: Tongue,
    election: &'a Election,
    called: &'a dyn Fn(u32) -> String,
}

impl Words<'_> {
    fn pick(&self, french: &str, english: &str) -> String {
        self.tongue.pick(french, english).to_owned()
    }

    fn name(&self, who: u32) -> String {
        self.tongue.quoted(&(self.called)(who))
    }

    fn names(&self, who: &[u32]) -> String {
        let names: Vec<String> = who.iter().map(|one| (self.called)(*one)).collect();
        self.tongue.list(&names)
    }

    fn sentences(&self) -> Vec<String> {
        let Election { electors, nominations, candidates, revote, .. } = self.election;
        let revealed = nominations.values().filter(|one| one.revealed.is_some()).count();
        let (count, sealed) = (electors.len(), nominations.len());
        let mut said = vec![self.pick(
            &format!(
                "Personne ne se présentait : chacune des {count} personnes du corps électoral \
                 pouvait en nommer une, sous scellé. Nominations scellées : {sealed} ; dévoilées : \
                 {revealed}."
            ),
            &format!(
                "Nobody stood as a candidate: each of {count} electors could name one person, \
                 sealed. Nominations sealed: {sealed}; revealed: {revealed}."
            ),
        )];
        let changed = nominations.values().filter(|one| one.is_changed()).count();
        if changed > 0 {
            said.push(self.pick(
                &format!("Après avoir entendu les raisons, {changed} ont changé de nomination."),
                &format!("Having heard the reasons, {changed} changed their nomination."),
            ));
        }
        let mut revote = revote.as_ref();
        for candidate in candidates {
            if let Some(held) = revote.take_if(|held| held.position < candidate.position) {
                said.push(self.revote(&held.tied));
            }
            self.candidate(candidate, &mut said);
        }
        if let Some(held) = revote {
            said.push(self.revote(&held.tied));
        }
        said.push(self.end());
        said
    }

    fn revote(&self, tied: &[u32]) -> String {
        let tied = self.names(tied);
        self.pick(
            &format!(
                "Égalité entre {tied} : celles et ceux qui avaient nommé d'autres personnes ont pu \
                 choisir entre elles."
            ),
            &format!("{tied} were level: those who had named others could choose among them."),
        )
    }

    fn candidate(&self, candidate: &Candidate, said: &mut Vec<String>) {
        let who = self.name(candidate.member);
        let votes = candidate.tally.first().map_or(0, |(_, count)| *count);
        let tied = self.names(&candidate.tied);
        if candidate.by != ProposedBy::Most {
            said.push(self.pick(
                &format!("Égalité entre {tied}, avec {votes} nomination(s) chacun·e."),
                &format!("{tied} were level, with {votes} nomination(s) each."),
            ));
        }
        said.push(match candidate.by {
            ProposedBy::Most => self.pick(
                &format!("{who} est proposé·e, avec le plus de nominations : {votes}."),
                &format!("{who} was proposed, with the most nominations: {votes}."),
            ),
            ProposedBy::SelfNominator => self.pick(
                &format!("{who} est proposé·e : des ex æquo, la seule personne à s'être nommée."),
                &format!("{who} was proposed: of those, the only one who named themselves."),
            ),
            ProposedBy::Incumbent => self.pick(
                &format!(
                    "{who} est proposé·e : des ex æquo, la seule personne qui tenait le rôle."
                ),
                &format!("{who} was proposed: of those, the only one who held the role."),
            ),
            ProposedBy::Lot => self.pick(
                &format!(
                    "{who} est proposé·e par le sort, dont la source avait été annoncée à \
                     l'ouverture : chacun peut refaire le tirage."
                ),
                &format!(
                    "{who} was proposed by lot, from a source announced at the opening: anybody \
                     can draw it again."
                ),
            ),
        });
        self.objections(candidate, said);
        if let Some((out, ..)) = candidate.out {
            said.push(self.out(&who, out));
        }
    }

    fn objections(&self, candidate: &Candidate, said: &mut Vec<String>) {
        for objection in &candidate.objections {
            let author = self.name(objection.author);
            let (fr, en) = match objection.standing {
                Standing::Raised => ("elle est ouverte", "it is open"),
                Standing::Challenged => ("elle est mise en doute", "it was challenged"),
                Standing::Maintained => ("elle est maintenue", "it is maintained"),
                Standing::Integrated => (
                    "le mandat a été modifié pour y répondre",
                    "the mandate was changed to meet it",
                ),
                Standing::Upheld => ("elle a été retenue", "it was upheld"),
                Standing::Withdrawn => ("elle a été levée", "it was withdrawn"),
            };
            said.push(self.pick(
                &format!("Objection de {author} : {fr}."),
                &format!("Objection by {author}: {en}."),
            ));
        }
    }

    fn out(&self, who: &str, out: Out) -> String {
        match out {
            Out::Discarded => self.pick(
                &format!("{who} est écarté·e : les nominations pour cette personne sont ignorées."),
                &format!("{who} was discarded: nominations for them are ignored."),
            ),
            Out::Declined => self.pick(&format!("{who} a décliné."), &format!("{who} declined.")),
            Out::Left => self
                .pick(&format!("{who} a quitté l'instance."), &format!("{who} left the instance.")),
            Out::Lapsed => self.pick(
                &format!("Tout le monde n'a pas consenti à temps à {who}."),
                &format!("Not everybody consented to {who} in time."),
            ),
        }
    }

    fn end(&self) -> String {
        match &self.election.conclusion {
            None => self.pick("L'élection n'est pas terminée.", "The election is not over."),
            Some(conclusion) => match conclusion.elected {
                None => self.pick("Personne n'est élu.", "Nobody is elected."),
                Some(who) => {
                    let who = self.name(who);
                    self.pick(
                        &format!("{who} est élu·e : aucune objection ne demeure."),
                        &format!("{who} is elected: no objection stands."),
                    )
                }
            },
        }
    }
}
