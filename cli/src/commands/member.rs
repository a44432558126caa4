//! `archipel member`: who belongs.

use super::key;
use crate::app::{self, App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{keys, show};
use archipel_domain::id::{Hash, KeyId, MemberId, SignatureBytes, Slug};
use archipel_domain::membership::{AdmitMember, LeaveMembership};
use archipel_domain::role::Power;
use std::path::PathBuf;

/// Members.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum MemberCommand {
    /// Admit a member, under the power over membership
    Admit(AdmitArgs),
    /// Leave, or end another's membership under the power over membership
    Leave {
        /// Who leaves [default: oneself]
        #[arg(value_name = "UUID")]
        member: Option<MemberId>,
    },
    /// List members
    List(AtArgs),
    /// Show a member: groups, keys and mandates
    Show {
        /// Pseudonym, or its first digits [default: one's own]
        member: Option<String>,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// Arguments of `member admit`.
#[derive(Debug, clap::Args)]
pub(crate) struct AdmitArgs {
    /// Pseudonym [default: a new random one]
    #[arg(long, value_name = "UUID")]
    member: Option<MemberId>,
    /// A group of the member; may be repeated
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<Slug>,
    /// The member's key: hexadecimal digits or a file
    #[arg(long, value_name = "KEY", requires = "proof")]
    public_key: Option<String>,
    /// Proof of possession, from the member's own `archipel key prove`
    #[arg(long, value_name = "HEX", requires = "public_key")]
    proof: Option<SignatureBytes>,
    /// Key file of the member, made if it does not exist; with a profile beside it
    #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
    new_key: Option<PathBuf>,
    /// Salted commitment to personal data kept elsewhere
    #[arg(long, value_name = "HASH")]
    profile_hash: Option<Hash>,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &MemberCommand) -> Result<(), Failure> {
    match command {
        MemberCommand::Admit(args) => admit(app, args),
        MemberCommand::Leave { member } => {
            let author = app.author()?;
            let member = member.unwrap_or(author);
            let own = member == author;
            let mandate = if own { Mandate::Own } else { Mandate::Power(Power::Membership) };
            app.act(LeaveMembership { member }, mandate)
        }
        MemberCommand::List(at) => {
            show::list(app, "members", at, &["id", "groups", "admitted", "left"])
        }
        MemberCommand::Show { member, at } => {
            let member =
                member.clone().map_or_else(|| app.author().map(|id| id.to_string()), Ok)?;
            show::one(app, &format!("members/{member}"), at)
        }
    }
}

fn admit(app: &App, args: &AdmitArgs) -> Result<(), Failure> {
    let signer = app.signer()?;
    let member = args.member.map_or_else(app::new_member, Ok)?;
    let mut named = vec![("member", member.to_string())];
    let (key, proof) = match (&args.new_key, &args.public_key, args.proof) {
        (Some(file), ..) => {
            let (secret, made) = key::open_or_make(app, file)?;
            let proof = keys::proof(&secret, &app.origin()?, member)?;
            key::save_if_made(app, file, &secret, made)?;
            named.push(("key_file", file.display().to_string()));
            (keys::key_id(&secret), proof)
        }
        (None, Some(public), Some(proof)) => {
            (KeyId(*keys::public_key(public, app.passwords())?.as_bytes()), proof)
        }
        _ => return Err(Failure::new("usage.public-key")),
    };
    let groups = args.groups.clone();
    let act = AdmitMember { member, key, proof, groups, profile: args.profile_hash };
    let place = args.new_key.as_deref().map(crate::profile::beside);
    if let Some(place) = &place {
        named.push(("profile", place.display().to_string()));
    }
    let power = Mandate::Power(Power::Membership);
    let admitted = app.act_as(&signer, act.into(), power, &named)?;
    match (&args.new_key, place) {
        // A refused admission must leave no profile of somebody who is not a member.
        (Some(file), Some(place)) if admitted.is_some() && !place.exists() => {
            key::write_profile(app, file, member).map(|_| ())
        }
        _ => Ok(()),
    }
}
