//! The part of a changelog that is about one version, in the form of keepachangelog.com.

/// What a changelog says of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section<'a> {
    /// It has a section.
    Of(&'a str),
    /// It has none; what is not released yet is this.
    Unreleased(&'a str),
    /// Neither.
    None,
}

/// What `text` says of `version`, without the heading.
pub fn section<'a>(text: &'a str, version: &str) -> Section<'a> {
    match (under(text, version), under(text, "Unreleased")) {
        (Some(found), _) => Section::Of(found),
        (None, Some(found)) => Section::Unreleased(found),
        (None, None) => Section::None,
    }
}

/// What stands between the heading `## [name]` or `## name`, with whatever follows it, and the next one; nothing where that is blank.
fn under<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut start = None;
    let mut at = 0;
    let mut end = text.len();
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        match (line.strip_prefix("## "), start) {
            (Some(_), Some(_)) => {
                end = at;
                break;
            }
            (Some(heading), None) if is_of(heading, name) => start = Some(next),
            _ => {}
        }
        at = next;
    }
    let found = text.get(start?..end)?.trim();
    (!found.is_empty()).then_some(found)
}

fn is_of(heading: &str, name: &str) -> bool {
    let rest = heading.trim_start_matches('[').strip_prefix(name);
    rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| next == ']' || next.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Changelog\n\n## [Unreleased]\n\n- new\n\n## [0.2.0] - 2026-01-02\n\n### Added\n\n- two\n\n## 0.1.0\n- one\n";

    #[test]
    fn a_version_has_its_own_section() {
        assert_eq!(section(TEXT, "0.2.0"), Section::Of("### Added\n\n- two"));
        assert_eq!(section(TEXT, "0.1.0"), Section::Of("- one"));
        assert_eq!(section(TEXT, "0.1"), Section::Unreleased("- new"));
        assert_eq!(section(TEXT, "0.2.0-rc.1"), Section::Unreleased("- new"));
        assert_eq!(section("## [0.1.0]\n\n## [0.0.9]\n- x\n", "0.1.0"), Section::None);
        assert_eq!(section("", "0.1.0"), Section::None);
    }
}
