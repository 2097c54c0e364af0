//! What twiggy says about a core module with names: who keeps what, which generics were copied, what nothing calls.
//!
//! twiggy 0.8 parses with a `wasmparser` of 2021. It refuses components and newer encodings, and may panic on them; both
//! come back as a reason.

use std::{cell::Cell, panic, sync::Once};
use twiggy_opt as opt;
use twiggy_traits::{Emit, OutputFormat};

/// One of twiggy's analyses, in both of its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// `top`, `dominators`, `monos`, `garbage` or `diff`: twiggy's own name, good for a file.
    pub name: &'static str,
    /// A table for a person.
    pub text: String,
    /// The same as JSON.
    pub json: String,
}

/// How many rows of a list are kept, beyond which twiggy adds them up in one: dominator trees of real programs have
/// thousands of rows, most of them of a few bytes.
const MAX_ROWS: u32 = 500;

/// top, dominators, monos and garbage of a core module, in this order. The error is twiggy's, in one line.
pub fn reports(twin: &[u8]) -> Result<Vec<Report>, String> {
    shielded(|| {
        let mut items = twiggy_parser::parse(twin)?;
        let mut top = opt::Top::default();
        top.set_max_items(MAX_ROWS);
        let mut dominators = opt::Dominators::default();
        dominators.set_max_rows(MAX_ROWS);
        let mut monos = opt::Monos::default();
        monos.set_max_generics(MAX_ROWS);
        let mut garbage = opt::Garbage::default();
        garbage.set_max_items(MAX_ROWS);
        // The order matters: each may compute parts of the graph that a later one finds there.
        Ok(vec![
            report("top", twiggy_analyze::top(&mut items, &top)?.as_ref(), &items)?,
            report("dominators", twiggy_analyze::dominators(&mut items, &dominators)?.as_ref(), &items)?,
            report("monos", twiggy_analyze::monos(&mut items, &monos)?.as_ref(), &items)?,
            report("garbage", twiggy_analyze::garbage(&items, &garbage)?.as_ref(), &items)?,
        ])
    })
}

/// twiggy's own diff of two core modules.
///
/// It goes by raw names: equal names overwrite each other, and a changed hash shows as a removal and an addition.
pub fn diff(old: &[u8], new: &[u8]) -> Result<Report, String> {
    shielded(|| {
        let (mut old, mut new) = (twiggy_parser::parse(old)?, twiggy_parser::parse(new)?);
        let mut options = opt::Diff::default();
        options.set_max_items(MAX_ROWS);
        report("diff", twiggy_analyze::diff(&mut old, &mut new, &options)?.as_ref(), &new)
    })
}

fn report(name: &'static str, data: &dyn Emit, items: &twiggy_ir::Items) -> anyhow::Result<Report> {
    let emit = |format| -> anyhow::Result<String> {
        let mut text = Vec::new();
        data.emit(items, &mut text, format)?;
        Ok(String::from_utf8(text)?)
    };
    Ok(Report { name, text: emit(OutputFormat::Text)?, json: emit(OutputFormat::Json)? })
}

thread_local! {
    static SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` so that a panic in it is an error and prints nothing.
///
/// The one effect in `analysis`: the first call wraps the panic hook of the process. The wrapper is silent in a thread that
/// is inside of this function and hands everything else to the hook it found.
fn shielded<T>(work: impl FnOnce() -> anyhow::Result<T>) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !SHIELDED.get() {
                before(info);
            }
        }));
    });
    SHIELDED.set(true);
    let result = panic::catch_unwind(panic::AssertUnwindSafe(work));
    SHIELDED.set(false);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!("twiggy cannot read it: {error:#}")),
        Err(_) => Err("twiggy cannot read it: it stopped at something it does not expect".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"(module (func $caller (export "run") call $callee) (func $callee) (func $dead i32.const 1 drop))"#;

    #[test]
    fn each_analysis_has_text_and_json() {
        let reports = reports(&wat::parse_str(MODULE).unwrap()).unwrap();
        let names: Vec<_> = reports.iter().map(|report| report.name).collect();
        assert_eq!(names, ["top", "dominators", "monos", "garbage"]);
        for report in &reports {
            serde_json::from_str::<serde_json::Value>(&report.json).unwrap_or_else(|error| panic!("{error}: {report:?}"));
            assert!(!report.text.is_empty(), "{report:?}");
        }
        assert!(reports[0].text.contains("caller") && reports[3].text.contains("dead"), "{reports:?}");
        assert!(!reports[3].text.contains("callee"), "{reports:?}");
    }

    #[test]
    fn the_diff_names_what_grew() {
        let new = MODULE.replace("(func $callee)", "(func $callee i32.const 1 drop)");
        let report = diff(&wat::parse_str(MODULE).unwrap(), &wat::parse_str(new).unwrap()).unwrap();
        assert!(report.text.contains("callee") && report.json.contains("callee"), "{report:?}");
    }

    #[test]
    fn what_it_cannot_read_is_an_error_in_one_line() {
        for bytes in [&wat::parse_str("(component)").unwrap()[..], b"", b"\0asm\x01\0\0\0\x0a\xff"] {
            let error = reports(bytes).unwrap_err();
            assert!(error.starts_with("twiggy cannot read it: ") && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_panic_is_an_error_too() {
        let error = shielded::<()>(|| panic!("as twiggy does")).unwrap_err();
        assert!(error.contains("does not expect"), "{error}");
    }
}
