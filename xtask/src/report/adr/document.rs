//! The file of a decision: generated parts between markers, and around them what a person writes, kept byte for byte.

use super::Block;

/// What each part of a new file is about, and what a person may say there: the heading, the generated part, the prompt.
const SECTIONS: [(&str, Option<&str>, &str); 10] = [
    ("Context and problem statement", Some("question"), "Why the question came up, and what depends on the answer."),
    ("Considered options", Some("options"), "What else was looked at and not measured, and why not."),
    ("Measured", Some("matrix"), "What in these numbers surprised, and what they do not show."),
    ("Weights", Some("weights"), "Why these criteria, and why they count so much."),
    ("Scores", Some("scores"), ""),
    ("Decision outcome", Some("outcome"), "What is decided. If it is not what the numbers say: why."),
    ("Sensitivity", Some("sensitivity"), "How firm the outcome is, in your own words."),
    ("Provenance", Some("provenance"), ""),
    ("Consequences", None, "What gets better, what gets worse, and what has to be done now."),
    ("When to look again", None, "Which change makes these numbers old: another workload, a new version, a new option."),
];

/// The text of a new file.
pub fn create(number: u32, title: &str, blocks: &[Block]) -> String {
    let mut text = format!("# {number}. {title}\n\nStatus: proposed\n\nDate: the day on which it was decided\n");
    for (heading, block, prompt) in SECTIONS {
        text += &format!("\n## {heading}\n");
        if let Some((name, content)) = block.and_then(|name| blocks.iter().find(|(other, _)| *other == name)) {
            text += &format!("\n{}\n{}{CLOSE}\n", opening(name), padded(content));
        }
        if !prompt.is_empty() {
            text += &format!("\n({prompt})\n");
        }
    }
    text
}

const CLOSE: &str = "<!-- /measured -->";

fn opening(name: &str) -> String {
    format!("<!-- measured: {name} -->")
}

/// A blank line on either side, so that Markdown sees a table and not more of a comment.
fn padded(content: &str) -> String {
    format!("\n{}\n\n", content.trim_end())
}

/// What a line is.
enum Line<'t> {
    Open(&'t str),
    Close,
    Text,
}

fn read(line: &str) -> Result<Line<'_>, String> {
    let line = line.trim();
    if line == CLOSE {
        return Ok(Line::Close);
    }
    let inner = line.strip_prefix("<!-- measured: ").and_then(|rest| rest.strip_suffix(" -->"));
    match inner {
        Some(name) => Ok(Line::Open(name)),
        None if line.starts_with("<!--") && line.contains("measured") => {
            Err(format!("`{line}` is no marker: write `{}` or `{CLOSE}`", opening("NAME")))
        }
        None => Ok(Line::Text),
    }
}

/// The file `text` with the generated parts replaced by `blocks`; everything else stays as it is.
///
/// # Errors
/// One message with the line: a marker that is missing, doubled, unknown, unclosed, or closes nothing.
pub fn update(text: &str, blocks: &[Block]) -> Result<String, String> {
    let mut updated = String::with_capacity(text.len());
    // The lines on which each part opens and closes.
    let mut seen: Vec<(&str, usize, usize)> = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let at = |error: String| format!("line {number}: {error}");
        match (read(line).map_err(at)?, open) {
            (Line::Text, None) => updated += line,
            (Line::Text, Some(_)) => {}
            (Line::Close, None) => return Err(at(format!("`{CLOSE}` closes nothing: remove it, or restore what it closed"))),
            (Line::Close, Some((name, opened))) => {
                seen.push((name, opened, number));
                open = None;
                updated += line;
            }
            (Line::Open(name), Some((other, opened))) => {
                return Err(at(format!("`{name}` opens while `{other}` of line {opened} is open: put `{CLOSE}` before it")));
            }
            (Line::Open(name), None) => {
                if let Some((_, first, _)) = seen.iter().find(|(other, ..)| *other == name) {
                    return Err(at(format!("`{name}` opens a second time, first on line {first}: remove one")));
                }
                let Some((_, content)) = blocks.iter().find(|(known, _)| *known == name) else {
                    let known: Vec<&str> = blocks.iter().map(|(known, _)| *known).collect();
                    return Err(at(format!("no part is called `{name}`: they are {}", known.join(", "))));
                };
                updated = updated + line + &padded(content);
                open = Some((name, number));
            }
        }
    }
    if let Some((name, line)) = open {
        return Err(format!("line {line}: `{name}` is never closed: put `{CLOSE}` where it ends"));
    }
    missing(blocks, &seen).map_or(Ok(updated), Err)
}

/// What stands in a generated part, without the blank lines around it; nothing where there is no such part.
pub fn part<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&opening(name))?;
    Some(rest.split_once(CLOSE)?.0.trim())
}

/// The first part that is not there, and the line after which it belongs.
fn missing(blocks: &[Block], seen: &[(&str, usize, usize)]) -> Option<String> {
    let place = blocks.iter().position(|(name, _)| !seen.iter().any(|(other, ..)| other == name))?;
    let after = blocks[..place].last().and_then(|(name, _)| seen.iter().find(|(other, ..)| other == name));
    let line = after.map_or(1, |(.., closed)| *closed);
    let open = opening(blocks[place].0);
    Some(format!("line {line}: after it `{open}` is missing: add it with a `{CLOSE}` on the line below, and run again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(word: &str) -> Vec<Block> {
        ["question", "options", "matrix", "weights", "scores", "outcome", "sensitivity", "provenance"]
            .map(|name| (name, format!("{word} {name}\n")))
            .to_vec()
    }

    #[test]
    fn a_new_file_is_what_an_update_of_it_would_be() {
        let text = create(7, "Title", &blocks("early"));
        assert!(text.starts_with("# 7. Title\n\nStatus: proposed\n"));
        assert_eq!(update(&text, &blocks("early")).unwrap(), text);
        let later = update(&text, &blocks("later")).unwrap();
        assert_eq!(later, text.replace("early ", "later "));
    }

    #[test]
    fn what_a_person_wrote_stays_byte_for_byte() {
        let text = create(7, "Title", &blocks("early"));
        let own = text
            .replace("# 7. Title", "# Seven:\ttitle  \r\n\r\n\u{fc}ber")
            .replace("\n(Why the", "\n\n  * Why\n```\n# x\n```\n(Why the");
        let own = format!("{own}no newline at the end");
        let updated = update(&own, &blocks("later")).unwrap();
        assert_eq!(updated, own.replace("early ", "later "));
        assert_eq!(update(&updated, &blocks("early")).unwrap(), own);
    }

    #[test]
    fn parts_may_stand_in_another_order_and_lines_may_end_in_two_characters() {
        let text = create(7, "Title", &blocks("early")).replace('\n', "\r\n");
        let once = update(&text, &blocks("early")).unwrap();
        assert_eq!(update(&once, &blocks("early")).unwrap(), once);
        assert!(once.contains("<!-- measured: scores -->\r\n"));
    }

    #[test]
    fn markers_that_are_wrong_are_named_with_their_line() {
        let text = create(7, "Title", &blocks("early"));
        let open = "<!-- measured: scores -->\n";
        let cases = [
            (text.replace(open, ""), "closes nothing"),
            (text.replace(open, &format!("{open}{open}")), "opens while `scores` of line"),
            (format!("{text}{open}{CLOSE}\n"), "opens a second time, first on line"),
            (text.replace(open, "<!-- measured: score -->\n"), "no part is called `score`"),
            (text.replace(open, "<!-- measured:scores -->\n"), "is no marker"),
            (text.replace(&format!("{open}\nearly scores\n\n{CLOSE}\n"), ""), "`<!-- measured: scores -->` is missing"),
            (text.rsplit_once(CLOSE).unwrap().0.to_string(), "`provenance` is never closed"),
            (String::new(), "line 1: after it `<!-- measured: question -->` is missing"),
        ];
        for (text, want) in cases {
            let error = update(&text, &blocks("early")).unwrap_err();
            assert!(error.contains(want) && error.starts_with("line "), "{error} should contain {want}");
        }
    }
}
