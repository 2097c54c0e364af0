//! What the shipped files consist of: a treemap before, after, and of the change between, with tables that say the same.

use super::{
    markup::Html,
    palette::{CRATE_COLOURS, OTHER},
    symbols,
};
use crate::{
    analysis::{
        code_map::{CodeMap, Mark, Part, View, total},
        symbol_diff::difference,
        treemap::{Rect, layout},
    },
    report::table::{cut_middle, grouped, share, signed},
};
use std::collections::BTreeMap;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 640.0;
/// The height of a section's and a crate's name above what is in it.
const SECTION_HEAD: f64 = 20.0;
const CRATE_HEAD: f64 = 16.0;
/// About how wide a letter is, and one of a bold font. What is wider all the same is clipped.
const LETTER: f64 = 6.4;
const BOLD: f64 = 7.6;

/// All maps.
pub fn all(maps: &[CodeMap]) -> Html {
    let mut html = Html::new();
    for map in maps {
        html.raw("<h3>What ").element("code", &[], &map.variant.to_string()).raw(" consists of</h3>\n");
        html.add(&one(map));
    }
    html
}

fn one(map: &CodeMap) -> Html {
    let mut html = Html::new();
    for note in &map.notes {
        html.element("p", &[("class", "note")], note).raw("\n");
    }
    let views = [View::Before, View::After, View::Change].into_iter().filter(|view| map.has(*view));
    // Two pictures of the same would only be looked at for a difference.
    let views: Vec<View> = if map.is_compared() && !map.is_changed() { vec![View::After] } else { views.collect() };
    if views.is_empty() {
        return html;
    }
    html.add(&symbols::summary(map));
    let colours = colours(map);
    html.raw("<div class=\"map\">\n");
    for view in &views {
        let attributes: &[_] =
            if *view == map.last() { &[("open", ""), ("data-view", word(*view))] } else { &[("data-view", word(*view))] };
        html.open("details", attributes).element("summary", &[], title(*view, views.len())).raw("\n");
        html.open("div", &[("class", "scroll"), ("role", "group"), ("aria-label", title(*view, views.len())), ("tabindex", "0")]);
        html.add(&svg(map, *view, &colours)).raw("</div></details>\n");
    }
    html.raw("</div>\n");
    if map.is_changed() {
        html.raw(LEGEND);
    }
    html.add(&symbols::tables(map));
    html
}

fn word(view: View) -> &'static str {
    match view {
        View::Before => "before",
        View::After => "after",
        View::Change => "change",
    }
}

fn title(view: View, count: usize) -> &'static str {
    match view {
        _ if count == 1 => "Treemap: areas are bytes",
        View::Before => "Treemap before, as the baseline has it: areas are bytes",
        View::After => "Treemap after, as built: areas are bytes",
        View::Change => "Treemap of the change: areas are bytes grown or shrunk",
    }
}

const LEGEND: &str = "<ul class=\"legend\"><li><span class=\"key grew\"></span>▲ grew: solid frame</li>\
<li><span class=\"key shrank\"></span>▼ shrank: dashed frame</li><li><span class=\"key new\"></span>+ new: dotted frame</li>\
<li><span class=\"key gone\"></span>− gone: dotted frame</li></ul>\n";

/// Crate -> its colour: those with most bytes have one of their own, as long as there are some.
fn colours(map: &CodeMap) -> BTreeMap<String, &'static str> {
    const NAMES: [&str; CRATE_COLOURS] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];
    let crates = map.crates().into_iter().filter(|part| !part.name.starts_with('['));
    crates.zip(NAMES).map(|(part, colour)| (part.name, colour)).collect()
}

/// A map as a picture.
fn svg(map: &CodeMap, view: View, colours: &BTreeMap<String, &'static str>) -> Html {
    let sections = map.tree(view);
    let total = total(&sections);
    let mut html = Html::new();
    html.open("svg", &[("class", "treemap"), ("role", "img"), ("viewBox", &format!("0 0 {WIDTH} {HEIGHT}"))]);
    html.element("title", &[], &format!("{} of {}", title(view, 3), map.variant));
    html.element("desc", &[], &described(&sections, total));
    let room = Rect { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    for (section, rect) in sections.iter().zip(places(&sections, room)) {
        let inner = headed(&mut html, section, rect, SECTION_HEAD, "section", total);
        for (part, rect) in section.parts.iter().zip(places(&section.parts, inner)) {
            if part.parts.is_empty() {
                let colour = if section.name == "code" { "k9" } else { OTHER };
                html.open("g", &[("class", colour)]).add(&leaf(part, "", rect, total)).close("g");
                continue;
            }
            let colour = colours.get(&part.name).copied().unwrap_or("k9");
            html.open("g", &[("class", &format!("crate {colour}")), ("data-n", &part.name)]);
            let inner = headed(&mut html, part, rect, CRATE_HEAD, "head", total);
            for (symbol, rect) in part.parts.iter().zip(places(&part.parts, inner)) {
                html.add(&leaf(symbol, &part.name, rect, total));
            }
            html.close("g").raw("\n");
        }
    }
    html.raw("</svg>\n");
    html
}

fn places(parts: &[Part], room: Rect) -> Vec<Rect> {
    let weights: Vec<u64> = parts.iter().map(|part| part.area_bytes).collect();
    layout(&weights, room)
}

fn described(sections: &[Part], total: u64) -> String {
    let parts = sections
        .iter()
        .map(|part| format!("{} {} bytes, {}", part.name, grouped(part.area_bytes), share(part.area_bytes, total)));
    format!("{} bytes: {}. The tables below have the numbers.", grouped(total), parts.collect::<Vec<_>>().join("; "))
}

/// A frame with its name above, where there is room for one; gives the room inside.
fn headed(html: &mut Html, part: &Part, rect: Rect, head: f64, class: &'static str, total: u64) -> Rect {
    let is_named = rect.height > 2.2 * head && rect.width > 40.0;
    html.open("g", &[("class", class)]).element("title", &[], &told(part, total));
    draw(html, rect);
    if is_named {
        let name = format!("{}  {}", part.name, grouped(part.area_bytes));
        write(html, rect, &[(&cut_middle(&name, letters(rect.width, BOLD)), head - 5.0)]);
    }
    html.close("g");
    rect.inside(1.5, if is_named { head - 1.5 } else { 0.0 })
}

/// A symbol: its frame says how it changed, its text is cut where it would not fit.
fn leaf(part: &Part, owner: &str, rect: Rect, total: u64) -> Html {
    let mut html = Html::new();
    let (class, sign) = match part.mark() {
        Mark::Same => ("leaf", ""),
        Mark::Grew => ("leaf grew", "▲ "),
        Mark::Shrank => ("leaf shrank", "▼ "),
        Mark::New => ("leaf new", "+ "),
        Mark::Gone => ("leaf gone", "− "),
    };
    html.open("g", &[("class", class), ("data-b", &part.area_bytes.to_string())]);
    html.element("title", &[], &told(part, total));
    // A frame inside its place: those of neighbours do not hide each other.
    let is_marked = part.mark() != Mark::Same;
    draw(&mut html, rect.inside(if is_marked { 1.25 } else { 0.75 }, 0.0));
    let room = letters(rect.width, if is_marked { BOLD } else { LETTER });
    if rect.height >= 15.0 && room >= 4 {
        let name = format!("{sign}{}", label(&part.name, owner, room.saturating_sub(sign.chars().count())));
        let bytes = match part.mark() {
            Mark::Same => grouped(part.area_bytes),
            _ => signed(difference(part.before_bytes.unwrap_or(0), part.after_bytes.unwrap_or(0))),
        };
        let has_bytes = rect.height >= 30.0 && bytes.chars().count() <= room;
        write(&mut html, rect, &[(name.as_str(), 13.0), (bytes.as_str(), 26.0)][..if has_bytes { 2 } else { 1 }]);
    }
    html.close("g");
    html
}

/// As much of the end of a path as has room: what it is stands last.
fn label(name: &str, owner: &str, room: usize) -> String {
    let mut rest = name.strip_prefix(owner).and_then(|rest| rest.strip_prefix("::")).unwrap_or(name);
    while rest.chars().count() > room {
        match after_segment(rest) {
            Some(shorter) => rest = shorter,
            None => return cut_middle(rest, room),
        }
    }
    rest.to_string()
}

/// A path without its first segment, which may have paths of its own in angle brackets.
fn after_segment(path: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in path.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && path[at..].starts_with("::") => return Some(&path[at + 2..]).filter(|rest| !rest.is_empty()),
            _ => {}
        }
    }
    None
}

/// How many letters have room in a width.
fn letters(width: f64, letter: f64) -> usize {
    ((width - 10.0) / letter).max(0.0) as usize
}

/// What a reader who asks is told of a part.
fn told(part: &Part, total: u64) -> String {
    let now = format!("{} bytes, {}", grouped(part.area_bytes), share(part.area_bytes, total));
    let (before, after) = (part.before_bytes.unwrap_or(0), part.after_bytes.unwrap_or(0));
    let change = match part.mark() {
        Mark::Same => return format!("{}: {now}", part.name),
        Mark::New => "new".to_string(),
        Mark::Gone => "gone".to_string(),
        Mark::Grew | Mark::Shrank => format!("{} to {}", grouped(before), grouped(after)),
    };
    format!("{}: {now}; {change} ({})", part.name, signed(difference(before, after)))
}

fn draw(html: &mut Html, rect: Rect) {
    let place = coordinates(rect);
    html.open("rect", &ATTRIBUTES.map(|(name, index)| (name, place[index].as_str()))).close("rect");
}

/// Lines of text in a place, each with its distance from above. What is in a picture of its own is clipped by it.
fn write(html: &mut Html, rect: Rect, lines: &[(&str, f64)]) {
    let place = coordinates(rect);
    let attributes = ATTRIBUTES.map(|(name, index)| (name, place[index].as_str()));
    html.open("svg", &[&[("aria-hidden", "true")], &attributes[..]].concat());
    for (line, y) in lines {
        html.element("text", &[("x", "5"), ("y", &tenths(*y))], line);
    }
    html.close("svg");
}

const ATTRIBUTES: [(&str, usize); 4] = [("x", 0), ("y", 1), ("width", 2), ("height", 3)];

fn coordinates(rect: Rect) -> [String; 4] {
    [rect.x, rect.y, rect.width, rect.height].map(tenths)
}

/// A coordinate to a tenth.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_what_stands_last() {
        let of = |name: &str, room| label(name, "agent", room);
        assert_eq!(of("agent::turn::run", 20), "turn::run");
        assert_eq!(of("agent::turn::run", 5), "run");
        assert_eq!(of("<agent::host::Host as agent::effects::Host>::send", 6), "send");
        assert_eq!(of("agent::conversation::Conversation::keep_everything", 7), "kee…ing");
        assert_eq!(of("<T as core::fmt::Debug>", 9), "<T a…bug>");
        assert_eq!(of("a::", 2), "a…");
    }
}
