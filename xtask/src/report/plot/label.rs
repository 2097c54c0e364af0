//! Where the names of circles stand: beside them, and where that is taken, a little above or below.

/// The width that is reckoned for a character of size 12: no font is known here, and most are narrower.
const CHARACTER: u64 = 7;
/// From a line to the next.
const LINE: u64 = 14;
/// From a circle to its name.
const GAP: u64 = 5;
/// So many lines up and down are tried.
const LINES: u64 = 40;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its lowest x.
    pub left: u64,
    /// Its lowest y.
    pub top: u64,
    /// Its highest x.
    pub right: u64,
    /// Its highest y.
    pub bottom: u64,
}

impl Area {
    /// The square around a circle.
    pub fn around(x: u64, y: u64, r: u64) -> Area {
        Area { left: x.saturating_sub(r), top: y.saturating_sub(r), right: x + r, bottom: y + r }
    }

    /// Whether the two have a spot in common.
    pub fn meets(&self, other: &Area) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn lies_in(&self, field: &Area) -> bool {
        self.left >= field.left && self.right <= field.right && self.top >= field.top && self.bottom <= field.bottom
    }
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its beginning; its end where it goes leftwards.
    pub x: u64,
    /// Its middle.
    pub y: u64,
    /// Whether it stands at the left of its circle.
    pub leftwards: bool,
    /// Whether it is above or below the middle of its circle, and needs a line to it.
    pub is_moved: bool,
    /// What it covers.
    pub area: Area,
}

/// The place of each name beside its circle, within `field`: free of other names and, where there is such a place, of other circles.
pub fn place(names: &[&str], circles: &[Area], field: Area) -> Vec<Label> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|index| (circles[*index].top + circles[*index].bottom, circles[*index].left, *index));
    let mut placed: Vec<Option<Label>> = vec![None; names.len()];
    for index in order {
        let taken: Vec<Area> = placed.iter().flatten().map(|label| label.area).collect();
        let others = || circles.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, circle)| circle);
        let is_clear = |label: &Label| label.area.lies_in(&field) && !taken.iter().any(|area| area.meets(&label.area));
        let all = candidates(names[index], &circles[index]);
        let best = all.iter().find(|label| is_clear(label) && !others().any(|circle| circle.meets(&label.area)));
        // Of so many places all can only be taken in a picture that nobody could read.
        placed[index] = best.or_else(|| all.iter().find(|label| is_clear(label))).or(all.first()).copied();
    }
    placed.into_iter().flatten().collect()
}

/// The places to try, the nearest first.
fn candidates(name: &str, circle: &Area) -> Vec<Label> {
    let middle = circle.top.midpoint(circle.bottom);
    let mut all = Vec::new();
    for lines in 0..=LINES {
        for y in [middle.checked_sub(lines * LINE), (lines > 0).then_some(middle + lines * LINE)].into_iter().flatten() {
            all.extend([false, true].into_iter().filter_map(|leftwards| label(name, circle, y, leftwards)));
        }
    }
    all
}

fn label(name: &str, circle: &Area, y: u64, leftwards: bool) -> Option<Label> {
    let is_moved = y != circle.top.midpoint(circle.bottom);
    // The line to a name that was moved needs room to be seen.
    let gap = if is_moved { 3 * GAP } else { GAP };
    let width = name.chars().count() as u64 * CHARACTER;
    let x = if leftwards { circle.left.checked_sub(gap)? } else { circle.right + gap };
    let (left, right) = if leftwards { (x.checked_sub(width)?, x) } else { (x, x + width) };
    let area = Area { left, right, top: y.checked_sub(LINE / 2)?, bottom: y + LINE / 2 };
    Some(Label { x, y, leftwards, is_moved, area })
}

/// The words of `text` in lines of about `width` characters.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: Area = Area { left: 0, top: 0, right: 400, bottom: 300 };

    #[test]
    fn names_of_circles_on_one_spot_do_not_overlap() {
        let names = ["talc", "rlsf", "lol", "dlmalloc", "a-rather-long-name", "default"];
        let circles: Vec<Area> = (0..6).map(|index| Area::around(200 + index, 150, 10)).collect();
        let labels = place(&names, &circles, FIELD);
        for (index, label) in labels.iter().enumerate() {
            assert!(label.area.lies_in(&FIELD), "{label:?}");
            assert!(labels[index + 1..].iter().all(|other| !other.area.meets(&label.area)), "{labels:?}");
        }
    }

    #[test]
    fn a_name_at_the_edge_goes_leftwards() {
        let [label] = place(&["name"], &[Area::around(390, 150, 5)], FIELD)[..] else { panic!() };
        assert!(label.leftwards && !label.is_moved);
        let [label] = place(&["name"], &[Area::around(100, 150, 5)], FIELD)[..] else { panic!() };
        assert_eq!((label.x, label.y, label.leftwards), (110, 150, false));
    }

    #[test]
    fn long_titles_are_wrapped() {
        assert_eq!(wrapped("peak memory of the replay in bytes", 16), ["peak memory of", "the replay in", "bytes"]);
        assert_eq!(wrapped("", 9), Vec::<String>::new());
    }
}
