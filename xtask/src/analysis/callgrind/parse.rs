//! A file of callgrind, read line by line.

use super::{
    Profile,
    line::{self, Line, number},
    name::{Names, function_name, unknown_key},
};

/// The event that counts executed instructions.
const EVENT: &str = "Ir";

/// The instructions of a file that `valgrind --tool=callgrind` wrote (`callgrind.out.PID`), all parts of it together.
///
/// Names may be demangled or not (`--demangle=no`) and abbreviated or not; positions may be lines, instructions or both; of
/// several events only `Ir` is read. Calls and jumps are read over: they say what callees cost, which is counted there.
///
/// # Errors
/// One line that names the line of the file: what is not this format, has no event `Ir`, was cut off, counts nothing, or has sums that are not
/// the sums of its counts.
pub fn parse(text: &str) -> Result<Profile, String> {
    let mut reader = Reader::default();
    for (at, line) in text.lines().enumerate() {
        reader.line(line).map_err(|why| format!("line {}: {why}", at + 1))?;
    }
    reader.finish()
}

/// Whose counts the next line of counts has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    /// Those of the function itself.
    #[default]
    Own,
    /// Those of a call, or none, of a jump.
    Other,
}

/// What was read so far.
#[derive(Default)]
struct Reader<'a> {
    /// How many words of a line of counts are positions; 1 if there is no `positions:`.
    position_count: Option<usize>,
    event_count: usize,
    /// Which of the events is [`EVENT`].
    event_at: Option<usize>,
    next: Next,
    objects: Names<'a>,
    functions: Names<'a>,
    object: &'a str,
    function: Option<&'a str>,
    /// Counts of `function` that are not yet in `profile`.
    pending: u64,
    profile: Profile,
    summary: Option<u64>,
    totals: Option<u64>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, text: &'a str) -> Result<(), String> {
        let Some(line) = line::read(text)? else { return Ok(()) };
        if self.next == Next::Other && !matches!(line, Line::Cost(_)) {
            return Err("a call or jump without its line of counts".into());
        }
        match line {
            Line::Header { key, value } => self.header(key, value),
            Line::Specification { key, value } => self.specification(key, value),
            Line::Cost(words) => self.cost(&words),
        }
    }

    fn header(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "version" if value != "1" => return Err(format!("version {:?} of the format; 1 is known", line::start_of(value))),
            "positions" => self.position_count = Some(value.split_ascii_whitespace().count()),
            "events" => {
                self.event_count = value.split_ascii_whitespace().count();
                self.event_at = value.split_ascii_whitespace().position(|event| event == EVENT);
                if self.event_at.is_none() {
                    return Err(format!("no event {EVENT} among {:?}", line::start_of(value)));
                }
            }
            "summary" => self.summary = Some(self.sum(self.summary, value)?),
            "totals" => self.totals = Some(self.sum(self.totals, value)?),
            // The rest is for people.
            _ => {}
        }
        Ok(())
    }

    /// `before`, and the count of [`EVENT`] in `value`: a file with several parts has a sum for each.
    fn sum(&self, before: Option<u64>, value: &str) -> Result<u64, String> {
        let words: Vec<&str> = value.split_ascii_whitespace().collect();
        if words.is_empty() {
            return Err("a sum without a number".into());
        }
        let own = self.event(&words)?;
        before.unwrap_or(0).checked_add(own).ok_or_else(too_large)
    }

    fn specification(&mut self, key: &str, value: &'a str) -> Result<(), String> {
        match key {
            "fn" => {
                self.flush();
                self.function = Some(self.functions.resolve(value)?);
            }
            "ob" => {
                self.flush();
                self.object = self.objects.resolve(value)?;
            }
            // They may be where a name gets its number.
            "cfn" | "jfn" | "frfn" => _ = self.functions.resolve(value)?,
            "cob" => _ = self.objects.resolve(value)?,
            "fl" | "fi" | "fe" | "cfi" | "cfl" | "jfi" => {}
            "calls" | "jump" | "jcnd" => self.next = Next::Other,
            _ => return Err(unknown_key(key)),
        }
        Ok(())
    }

    fn cost(&mut self, words: &[&str]) -> Result<(), String> {
        let (positions, counts) =
            words.split_at_checked(self.position_count.unwrap_or(1)).ok_or("fewer words than there are positions")?;
        if let Some(bad) = positions.iter().find(|word| !is_position(word)) {
            return Err(format!("not a position: {:?}", line::start_of(bad)));
        }
        let count = self.event(counts)?;
        if std::mem::take(&mut self.next) == Next::Own {
            if self.function.is_none() {
                return Err("counts before the first function".into());
            }
            self.profile.total = self.profile.total.checked_add(count).ok_or_else(too_large)?;
            // It is at most the total.
            self.pending += count;
        }
        Ok(())
    }

    /// The count of [`EVENT`]. Counts at the end that are 0 may be left out.
    fn event(&self, words: &[&str]) -> Result<u64, String> {
        let at = self.event_at.ok_or("counts before `events:`")?;
        if words.len() > self.event_count {
            return Err("more counts than events".into());
        }
        // All of them, so that a line which is no line of counts is seen.
        let counts: Vec<u64> = words.iter().map(|word| number(word)).collect::<Result<_, _>>()?;
        Ok(counts.get(at).copied().unwrap_or(0))
    }

    /// Writes down what the function has so far.
    fn flush(&mut self) {
        let count = std::mem::take(&mut self.pending);
        if let Some(function) = self.function.filter(|_| count > 0) {
            *self.profile.functions.entry(function_name(function, self.object)).or_default() += count;
        }
    }

    fn finish(mut self) -> Result<Profile, String> {
        self.flush();
        if self.event_at.is_none() {
            return Err("not a file of callgrind: no line `events:`".into());
        }
        if self.next == Next::Other {
            return Err("the file was cut off after a call or jump".into());
        }
        let sum = self.profile.total;
        let wrong = |key: &str, said: u64| {
            Err(format!("`{key}:` says {said}, the counts add up to {sum}: the file was cut off or changed"))
        };
        match (self.summary, self.totals) {
            (_, Some(totals)) if totals != sum => wrong("totals", totals),
            // The summary may be more than what has a line, says the format; the totals may not.
            (Some(summary), Some(_)) if summary < sum => wrong("summary", summary),
            (Some(summary), None) if summary != sum => wrong("summary", summary),
            (None, None) => Err("the file was cut off, or has no sums: neither `summary:` nor `totals:`".into()),
            _ if sum == 0 => Err("no instruction was counted".into()),
            _ => Ok(self.profile),
        }
    }
}

/// `17`, `0x2f`, the same as before, or so much more or less.
fn is_position(word: &str) -> bool {
    word == "*" || number(word.strip_prefix(['+', '-']).unwrap_or(word)).is_ok()
}

fn too_large() -> String {
    "the sum of the counts does not fit into 64 bits".into()
}
