//! The colours of the page, for light and dark, as one table: the style sheet is made from it, and each text is held to its background.

use std::fmt::Write;

/// Name, light, dark.
const COLOURS: [(&str, &str, &str); 34] = [
    ("page", "#f5f6f8", "#10141a"),
    ("surface", "#ffffff", "#181d25"),
    ("raised", "#eef1f5", "#222935"),
    ("line", "#d5dae2", "#323b49"),
    ("edge", "#7c8798", "#77849a"),
    ("text", "#19202b", "#e7ebf1"),
    ("muted", "#525d6e", "#a8b3c3"),
    ("link", "#1a56b0", "#8fb8ff"),
    ("focus", "#1a56b0", "#a9c8ff"),
    ("pass", "#17633a", "#86dcab"),
    ("pass-back", "#e2f3e8", "#12301f"),
    ("fail", "#9c2118", "#ffaaa1"),
    ("fail-back", "#fce8e5", "#40191a"),
    ("warn", "#754a00", "#f2c878"),
    ("warn-back", "#fdf1d8", "#372a0d"),
    ("absent", "#525d6e", "#a8b3c3"),
    ("absent-back", "#e9edf2", "#262e3a"),
    ("bar", "#5b87c7", "#5b87c7"),
    ("plot", "#1f5fb8", "#8fb8ff"),
    ("map-text", "#19202b", "#f1f4f8"),
    ("map-line", "#ffffff", "#10141a"),
    ("map-grew", "#9c2118", "#ffb4ac"),
    ("map-shrank", "#17633a", "#94e6b6"),
    ("map-head", "#dfe4eb", "#2a323f"),
    ("k0", "#c9dbf5", "#27456b"),
    ("k1", "#d5ead0", "#2d4f33"),
    ("k2", "#f9e2ba", "#5c4718"),
    ("k3", "#f5d2d4", "#613038"),
    ("k4", "#e1d5f2", "#473865"),
    ("k5", "#c9e9e8", "#1d4f50"),
    ("k6", "#e8e4bd", "#4a471f"),
    ("k7", "#f3d5ea", "#5b2f52"),
    ("k8", "#e1e5eb", "#39424f"),
    ("k9", "#d3d9e2", "#465062"),
];

/// How many colours crates have; [`OTHER`] is for what has no crate.
pub const CRATE_COLOURS: usize = 8;
/// The colour of data and the like.
pub const OTHER: &str = "k8";

/// The variables of the style sheet: light, dark where the system says so and nobody chose light, and dark where somebody chose it.
pub fn css() -> String {
    let block = |pick: fn(&(&str, &str, &str)) -> (String, String)| {
        COLOURS.iter().map(pick).fold(String::new(), |mut text, (name, value)| {
            let _ = write!(text, "--{name}:{value};");
            text
        })
    };
    let light = block(|(name, light, _)| ((*name).into(), (*light).into()));
    let dark = block(|(name, _, dark)| ((*name).into(), (*dark).into()));
    format!(
        ":root{{color-scheme:light;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n\
         :root[data-theme=dark]{{color-scheme:dark;{dark}}}\n\
         @media print{{:root,:root[data-theme],:root:not([data-theme=light]){{color-scheme:light;{light}}}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text and what it stands on, and the least contrast: 4.5 of text, 3 of what is only drawn (WCAG 2.2, 1.4.3 and 1.4.11).
    const PAIRS: [(&str, &[&str], f64); 14] = [
        ("text", &["page", "surface", "raised"], 4.5),
        ("muted", &["page", "surface", "raised"], 4.5),
        ("link", &["page", "surface", "raised"], 4.5),
        ("pass", &["pass-back", "surface", "page", "raised"], 4.5),
        ("fail", &["fail-back", "surface", "page", "raised"], 4.5),
        ("warn", &["warn-back", "surface", "page", "raised"], 4.5),
        ("absent", &["absent-back", "surface", "page"], 4.5),
        ("text", &["pass-back", "fail-back", "warn-back", "absent-back"], 4.5),
        ("map-text", &["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "map-head"], 4.5),
        ("map-grew", &["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"], 4.5),
        ("map-shrank", &["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"], 4.5),
        ("focus", &["page", "surface", "raised"], 3.0),
        ("plot", &["surface"], 3.0),
        ("edge", &["surface", "page"], 3.0),
    ];

    /// The colour's relative luminance by WCAG 2.2.
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_in_both_schemes() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        let of = |name: &str| COLOURS.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("no colour {name}"));
        let mut low = Vec::new();
        for (text, backs, least) in PAIRS {
            for back in backs {
                let (text, back) = (of(text), of(back));
                for (scheme, ratio) in [("light", contrast(text.1, back.1)), ("dark", contrast(text.2, back.2))] {
                    if ratio < least {
                        low.push(format!("{scheme}: {} on {}: {ratio:.2}", text.0, back.0));
                    }
                }
            }
        }
        assert!(low.is_empty(), "{low:#?}");
    }

    #[test]
    fn the_style_sheet_uses_what_there_is_and_nothing_else() {
        let style = include_str!("style.css");
        let used: Vec<&str> = style.split("var(--").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
        for name in &used {
            assert!(COLOURS.iter().any(|(known, ..)| known == name), "no colour {name}");
        }
        for (name, ..) in COLOURS {
            assert!(used.contains(&name), "{name} is not used");
        }
        assert!(!style.contains('#') || !style.contains("color:#"), "a colour that is not in the table");
    }
}
