//! sled 0.34 panics on some damaged files, inside `open` and inside reads. Nothing of that may
//! reach the caller: every call into sled goes through [`caught`].

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Installs, once, a panic hook that says nothing for panics inside [`caught`] and otherwise does
/// what the previous hook did.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                previous(info);
            }
        }));
    });
}

/// Runs a call into sled; an error or a panic becomes its text.
///
/// Unwind safety is asserted: after a failure the caller treats the database as lost (it is
/// wiped, or the store answers only errors), so no broken state is built upon.
pub(super) fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, String> {
    install_hook();
    let before = QUIET.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(call));
    QUIET.set(before);
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(payload) => Err(format!("sled panicked: {}", text(payload.as_ref()))),
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_panics_of_sled_become_text() {
        assert_eq!(caught(|| Ok(7)), Ok(7));
        let error = || sled::Error::Unsupported("x".to_owned());
        assert!(caught::<()>(|| Err(error())).is_err_and(|text| text.contains('x')));
        let index = 9;
        let panicked = caught(|| Ok([1, 2].get(index).copied().unwrap()));
        assert!(panicked.is_err_and(|text| text.contains("None")));
        assert_eq!(caught::<()>(|| panic!("a {index}")), Err("sled panicked: a 9".to_owned()));
        // Outside, panics speak again.
        assert!(!QUIET.get());
    }
}
