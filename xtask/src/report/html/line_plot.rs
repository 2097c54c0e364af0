//! A line through values in their order, as SVG: the axis at the left, first and last value named.

use super::markup::Html;
use crate::report::{plot::axis::Axis, table::grouped};
use std::fmt::Write;

/// A value, and what it is of.
#[derive(Clone, Debug)]
pub struct Point {
    /// The value.
    pub value: u64,
    /// What a reader who asks is told.
    pub said: String,
}

const WIDTH: u64 = 460;
const HEIGHT: u64 = 190;
/// The sides of the field.
const LEFT: u64 = 56;
const RIGHT: u64 = 444;
const TOP: u64 = 14;
const BOTTOM: u64 = 166;

/// The plot; `title` says what it is to who does not see it.
pub fn svg(title: &str, points: &[Point]) -> Html {
    let axis = Axis::of(points.iter().map(|point| point.value), 6, BOTTOM - TOP);
    let mut html = Html::new();
    html.open("svg", &[("class", "plot"), ("role", "img"), ("viewBox", &format!("0 0 {WIDTH} {HEIGHT}"))]);
    html.element("title", &[], title).element("desc", &[], &described(points));
    for (place, name) in axis.ticks() {
        let y = BOTTOM - place;
        html.open("path", &[("class", "rule"), ("d", &format!("M{LEFT} {y}H{RIGHT}"))]).close("path");
        let (x, y) = ((LEFT - 8).to_string(), (y + 4).to_string());
        html.element("text", &[("class", "tick"), ("x", &x), ("y", &y), ("text-anchor", "end")], &name);
    }
    let places: Vec<(u64, u64)> =
        points.iter().enumerate().map(|(index, point)| (across(index, points.len()), BOTTOM - axis.place(point.value))).collect();
    let mut path = String::new();
    for (index, (x, y)) in places.iter().enumerate() {
        // A value holds until the next commit changes it.
        let _ = if index == 0 { write!(path, "M{x} {y}") } else { write!(path, "H{x}V{y}") };
    }
    html.open("path", &[("class", "run"), ("d", &path)]).close("path");
    let radius = if points.len() > 60 { "1.5" } else { "3.5" };
    for ((x, y), point) in places.iter().zip(points) {
        html.open("circle", &[("class", "dot"), ("cx", &x.to_string()), ("cy", &y.to_string()), ("r", radius)]);
        html.element("title", &[], &format!("{}\n{}", grouped(point.value), point.said)).close("circle");
    }
    html.element("text", &[("class", "tick"), ("x", &LEFT.to_string()), ("y", "184")], "older");
    html.element("text", &[("class", "tick"), ("x", &RIGHT.to_string()), ("y", "184"), ("text-anchor", "end")], "newer");
    html.raw("</svg>\n");
    html
}

/// Commits stand at equal distances: how much time lies between them says nothing about bytes.
fn across(index: usize, count: usize) -> u64 {
    let room = RIGHT - LEFT - 20;
    let steps = (count.max(2) - 1) as u64;
    LEFT + 10 + if count == 1 { room / 2 } else { index as u64 * room / steps }
}

fn described(points: &[Point]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return "No values.".into() };
    let low = points.iter().map(|point| point.value).min().unwrap_or(0);
    let high = points.iter().map(|point| point.value).max().unwrap_or(0);
    format!(
        "{} commits: first {}, last {}, lowest {}, highest {}. The table below has each.",
        points.len(),
        grouped(first.value),
        grouped(last.value),
        grouped(low),
        grouped(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_order_inside_the_field() {
        let of = |value| Point { value, said: "<s>".into() };
        for values in [vec![5], vec![1, 1, 1], vec![10, 30, 20], (0..300).collect(), vec![0, u64::MAX]] {
            let text = svg("t", &values.into_iter().map(of).collect::<Vec<_>>()).into_text();
            for part in text.split("<circle ").skip(1) {
                let number = |name: &str| {
                    part.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse::<u64>().unwrap()
                };
                assert!((LEFT..=RIGHT).contains(&number("cx")) && (TOP..=BOTTOM).contains(&number("cy")), "{part}");
            }
            assert!(!text.contains("<s>"));
        }
        assert!(svg("t", &[]).into_text().contains("No values."));
    }
}
