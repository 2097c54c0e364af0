//! Files of the workspace. Every path goes through [`allowed`], and the host opens it without following a symbolic link.

use alloc::string::String;

use super::{Arguments, Context, MAX_RESULT_BYTES};
use crate::capability::Access;
use crate::capability::path::WorkPath;
use crate::effects::{File, Host, Trouble};
use crate::json;
use crate::show;
use crate::text;

/// The largest file that is read, in part or whole.
const MAX_FILE_BYTES: usize = 1024 * 1024;
/// The longest text that is looked for.
const MAX_OLD_BYTES: usize = 16 * 1024;
/// The most names that are listed.
const MAX_NAMES: usize = 1000;

pub(super) fn read<H: Host>(arguments: Arguments<'_>, context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let path = allowed(arguments, Access::Read, context)?;
    let (first, count) = (arguments.number("first_line")?, arguments.number("line_count")?);
    let text = load(&path, host)?;
    if first.is_none() && count.is_none() {
        return Ok(context.cut(&text, MAX_RESULT_BYTES));
    }
    // Cleaned as a whole: the middle of a key alone is not known as one.
    let text = context.redactor.clean(&text);
    let mut lines = text::split(&text, b'\n').skip(first.unwrap_or(1) - 1);
    let mut out = String::new();
    for _ in 0..count.unwrap_or(usize::MAX) {
        let Some(line) = lines.next() else { break };
        out.push_str(line);
        out.push('\n');
    }
    Ok(context.cut(&out, MAX_RESULT_BYTES))
}

pub(super) fn write<H: Host>(arguments: Arguments<'_>, context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let path = allowed(arguments, Access::Write, context)?;
    let content = arguments.text("content")?;
    store(&path, &content, host)
}

pub(super) fn edit<H: Host>(arguments: Arguments<'_>, context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let path = allowed(arguments, Access::Write, context)?;
    allowed(arguments, Access::Read, context)?;
    let (old, new) = (arguments.text("old")?, arguments.text("new")?);
    if !(1..=MAX_OLD_BYTES).contains(&old.len()) {
        return Err("the argument old is empty, or longer than 16 KiB".into());
    }
    let text = load(&path, host)?;
    match text::split_once(&text, &old) {
        None => Err("the argument old does not occur in the file".into()),
        // Overlapping ones too: it would not be clear which is meant.
        Some((before, _)) if text::find_after(&text, before.len() + 1, &old).is_some() => {
            Err("the argument old occurs more than once: give more of the text around it".into())
        }
        Some((before, after)) => store(&path, &text::fill("{}{}{}", &[before, &new, after]), host),
    }
}

pub(super) fn list<H: Host>(arguments: Arguments<'_>, context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let path = allowed(arguments, Access::Read, context)?;
    let mut names = host.list(&path, MAX_NAMES).map_err(|trouble| failed(&path, trouble))?;
    for name in &mut names {
        // A name with a line end in it would be two.
        *name = show::one_line(name);
    }
    text::sort(&mut names);
    Ok(if names.is_empty() { "the folder is empty".into() } else { context.cut(&text::join(&names, "\n"), MAX_RESULT_BYTES) })
}

/// The argument `path`, if it is one and may be used so.
fn allowed(arguments: Arguments<'_>, access: Access, context: &Context<'_>) -> Result<WorkPath, String> {
    let text = arguments.text("path")?;
    let path = WorkPath::new(&text).map_err(|wrong| text::fill("{}: {}", &[&text, wrong]))?;
    if context.capabilities.allows_path(access, &path) {
        return Ok(path);
    }
    let access = if access == Access::Read { "read" } else { "write" };
    Err(text::fill("{} is not granted: no pattern of `{}` covers it", &[&path.text(), access]))
}

fn load<H: Host>(path: &WorkPath, host: &mut H) -> Result<String, String> {
    let bytes = host.read(File::Work(path), MAX_FILE_BYTES).map_err(|trouble| failed(path, trouble))?;
    String::from_utf8(bytes).map_err(|_| text::fill("{} is not UTF-8 text", &[&path.text()]))
}

fn store<H: Host>(path: &WorkPath, content: &str, host: &mut H) -> Result<String, String> {
    host.write(path, content.as_bytes()).map_err(|trouble| failed(path, trouble))?;
    let mut text = String::from("wrote ");
    json::number(&mut text, content.len() as u64);
    text.push_str(" bytes");
    Ok(text)
}

fn failed(path: &WorkPath, trouble: Trouble) -> String {
    let what = match &trouble {
        Trouble::Missing => "is not there",
        Trouble::TooLarge => "is larger than 1 MiB",
        Trouble::Other(error) => error,
    };
    text::fill("{} {}", &[&path.text(), what])
}
