//! What differs between two texts, for a person: the lines that both have at the start and the end are left out.

use std::fmt::Write;

/// How many equal lines are shown around what differs.
const CONTEXT_LINES: usize = 2;
/// How many lines of each side are shown.
const MAX_LINES: usize = 20;
/// How many characters of a line are shown.
const MAX_CHARS: usize = 400;

/// `wanted` against `got`: `- ` is in the first alone, `+ ` in the second. Empty where they are equal.
pub fn diff(wanted: &str, got: &str) -> String {
    if wanted == got {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (wanted.split('\n').collect(), got.split('\n').collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = old.iter().zip(&new).take_while(same).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
    let mut text = String::new();
    let first = head.saturating_sub(CONTEXT_LINES);
    if first > 0 {
        let _ = writeln!(text, "@ line {}", first + 1);
    }
    side(&mut text, ' ', &old[first..head]);
    side(&mut text, '-', &old[head..old.len() - tail]);
    side(&mut text, '+', &new[head..new.len() - tail]);
    side(&mut text, ' ', &old[old.len() - tail..(old.len() - tail + CONTEXT_LINES).min(old.len())]);
    text
}

fn side(text: &mut String, mark: char, lines: &[&str]) {
    for line in lines.iter().take(MAX_LINES) {
        let shown: String = line.chars().take(MAX_CHARS).collect();
        let more = if shown.len() < line.len() { "…" } else { "" };
        let _ = writeln!(text, "{mark} {shown}{more}");
    }
    if lines.len() > MAX_LINES {
        let _ = writeln!(text, "{mark} … {} lines more", lines.len() - MAX_LINES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(diff("a\nb\n", "a\nb\n"), "");
        assert_eq!(
            diff("1\n2\n3\nold\n5\n6\n7\n", "1\n2\n3\nnew\nmore\n5\n6\n7\n"),
            "@ line 2\n  2\n  3\n- old\n+ new\n+ more\n  5\n  6\n"
        );
        assert_eq!(diff("", "x"), "- \n+ x\n");
        assert_eq!(diff("a\na\n", "a\n"), "  a\n- a\n  \n");
    }

    #[test]
    fn long_things_are_cut() {
        let long = "x\n".repeat(100);
        let text = diff(&long, &"y".repeat(1000));
        assert!(text.contains("- … 81 lines more") && text.contains("y…"), "{text}");
        assert!(text.lines().count() < 30);
    }
}
