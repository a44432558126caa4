//! Domains: what a circle or a role alone controls. `treasury:hours` lies within `treasury`.

use super::{Roles, charter};
use crate::authority::Cx;
use crate::id::Slug;

/// Whether a domain is another, or lies within it.
#[must_use]
pub fn lies_within(inner: &Slug, outer: &Slug) -> bool {
    let rest = inner.as_str().strip_prefix(outer.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

fn meet(one: &Slug, other: &Slug) -> bool {
    lies_within(one, other) || lies_within(other, one)
}

/// Whether each of these domains lies within one of the circle's. A circle that names none, and
/// is not within one that does, controls everything.
pub(super) fn are_inside(cx: &Cx<'_>, circle: u32, domains: &[Slug]) -> bool {
    let mut at = Some(circle);
    while let Some(circle) = at {
        let own = cx.world.tables.remits.get(circle).map(|remit| remit.domains.as_slice());
        let own = own.unwrap_or_default();
        if !own.is_empty() {
            let inside = |domain: &Slug| own.iter().any(|outer| lies_within(domain, outer));
            return domains.iter().all(inside);
        }
        let parent = cx.world.tables.circles.get(circle).and_then(|circle| circle.parent);
        at = parent.filter(|parent| *parent < circle);
    }
    true
}

/// Whether one of these domains is another role's of that circle, or of a circle just within it.
/// The role and the circle that are changed do not stand in their own way.
pub(super) fn are_taken(cx: &Cx<'_>, circle: u32, domains: &[Slug], own_role: Option<u32>) -> bool {
    let tables = &cx.world.tables;
    let taken = |theirs: &[Slug]| {
        theirs.iter().any(|their| domains.iter().any(|domain| meet(their, domain)))
    };
    let by_role = tables.roles.iter().any(|(index, role)| {
        let living = tables.charters.get(index).is_some_and(|charter| charter.retired.is_none());
        let other = role.circle == circle && Some(index) != own_role && living;
        other && charter(cx.world, index).is_some_and(|charter| taken(&charter.domains))
    });
    let by_circle = tables.circles.iter().any(|(index, inner)| {
        let living = inner.parent == Some(circle) && inner.dissolved.is_none();
        living && tables.remits.get(index).is_some_and(|remit| taken(&remit.domains))
    });
    by_role || by_circle
}

/// Refuses domains that a role of a circle can not have.
pub(super) fn check_for_role(
    cx: &Cx<'_>,
    circle: u32,
    domains: &[Slug],
    own_role: Option<u32>,
) -> Result<(), Roles> {
    if !are_inside(cx, circle, domains) {
        return Err(Roles::RoleDomainOutside);
    }
    if are_taken(cx, circle, domains, own_role) { Err(Roles::RoleDomainTaken) } else { Ok(()) }
}
