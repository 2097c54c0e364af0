//! What differs from the baselines, a line each.

use super::markup::Html;
use crate::{
    data::{rows::RowFinding, verdict::Finding},
    report::{merged, rows, size},
};

/// Of `size`.
pub fn of_sizes(findings: &[Finding]) -> Html {
    list(findings.iter().map(|one| (one.variant.to_string(), size::sentence(&one.kind) + merged::suffix(one.measure_again))))
}

/// Of the other gates.
pub fn of_rows(findings: &[RowFinding]) -> Html {
    list(findings.iter().map(|one| (one.row.clone(), rows::sentence(&one.kind) + merged::suffix(one.measure_again))))
}

/// So many names are said of a finding that hits several alike; the others are folded away.
const SHOWN: usize = 3;

/// Name and sentence of each; the same sentence stands once.
fn list(findings: impl Iterator<Item = (String, String)>) -> Html {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for (name, said) in findings {
        match lines.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(name),
            None => lines.push((said, vec![name])),
        }
    }
    let mut html = Html::new();
    if lines.is_empty() {
        return html;
    }
    html.raw("<h3>Findings</h3>\n<ul class=\"findings\">\n");
    for (said, names) in lines {
        html.raw("<li>");
        for name in names.iter().take(SHOWN) {
            html.element("code", &[], name).raw(" ");
        }
        html.element("span", &[], &said);
        if names.len() > SHOWN {
            html.raw(" <details>").element("summary", &[], &format!("and {} more", names.len() - SHOWN)).raw("<p>");
            for name in &names[SHOWN..] {
                html.element("code", &[], name).raw(" ");
            }
            html.raw("</p></details>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hits_many_alike_is_said_once() {
        let of = |name: &str, said: &str| (name.to_string(), said.to_string());
        let items = [of("a", "x"), of("b", "x"), of("c", "x"), of("d", "x"), of("e", "<y>")];
        let text = list(items.into_iter()).into_text();
        assert_eq!((text.matches("<li>").count(), text.matches("<span>x</span>").count()), (2, 1));
        assert!(text.contains("and 1 more") && text.contains("&lt;y&gt;"), "{text}");
        assert!(list(std::iter::empty()).is_empty());
    }
}
