//! Running a granted command.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Arguments, Context, MAX_RESULT_BYTES};
use crate::effects::Host;
use crate::text;

/// The most that is told of a command: two ends of its output of 32 KiB each, and the words around them.
const MAX_OUTPUT_BYTES: usize = 2 * MAX_RESULT_BYTES + 1024;
/// The longest command.
const MAX_WORDS: usize = 256;

pub(super) fn run<H: Host>(arguments: Arguments<'_>, context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let words = arguments.0.get("argv").filter(|argv| argv.is_array());
    const WANTED: &str = "the argument argv must be a list of 1 to 256 strings";
    let mut argv = Vec::new();
    for word in words.ok_or(WANTED)?.items().take(MAX_WORDS + 1) {
        argv.push(word.text().ok_or(WANTED)?);
    }
    if !(1..=MAX_WORDS).contains(&argv.len()) {
        return Err(WANTED.into());
    }
    if argv.iter().any(|word| text::has(word, b'\0')) {
        return Err("an argument has a NUL".into());
    }
    if !context.capabilities.allows_command(&argv) {
        return Err("this command is not granted: no pattern of `exec` covers it".into());
    }
    let ran = host.run(&argv, context.timeout_ms)?;
    // The host has cut the middle out already. What stands at the end of the output is mostly what matters, so it is not cut again.
    let text = context.cut(&text::fill("{}\n{}", &[&ran.end, &text::lossy(&ran.output)]), MAX_OUTPUT_BYTES);
    if ran.success { Ok(text) } else { Err(text) }
}
