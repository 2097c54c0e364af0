//! A scatter plot as SVG: circles with names, two axes, and if wanted a third number as the circle's area.
//!
//! Every coordinate is an integer found by integers, so the same numbers give the same bytes. The background is white whatever surrounds it.

pub mod axis;
mod label;

use crate::report::table::grouped;
use axis::Axis;
use label::Area;
use std::fmt::Write;

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What it says above.
    pub title: String,
    /// What goes from left to right, with its unit.
    pub x: String,
    /// What goes up, with its unit.
    pub y: String,
    /// What the area is, with its unit; without it all circles are equal.
    pub size: Option<String>,
    /// At least one.
    pub points: Vec<Point>,
}

/// A circle with its name.
#[derive(Clone, Debug)]
pub struct Point {
    /// The name.
    pub name: String,
    /// Its place from left to right.
    pub x: u64,
    /// Its place upwards.
    pub y: u64,
    /// Its area, where the plot has one.
    pub size: u64,
    /// How it is drawn.
    pub mark: Mark,
}

/// How a circle is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As most are.
    Plain,
    /// The one that was chosen.
    Chosen,
    /// One that cannot be chosen.
    Excluded,
}

impl Mark {
    const ALL: [Mark; 3] = [Mark::Plain, Mark::Chosen, Mark::Excluded];

    fn style(self) -> &'static str {
        match self {
            Mark::Plain => "fill=\"#4477aa\" fill-opacity=\"0.35\" stroke=\"#225588\"",
            Mark::Chosen => "fill=\"#228833\" fill-opacity=\"0.45\" stroke=\"#115522\" stroke-width=\"2\"",
            Mark::Excluded => "fill=\"none\" stroke=\"#777777\" stroke-dasharray=\"4 3\"",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Mark::Plain => "other options",
            Mark::Chosen => "the outcome",
            Mark::Excluded => "cannot be chosen",
        }
    }
}

const WIDTH: u64 = 900;
const HEIGHT: u64 = 500;
/// The sides of the field that the circles lie in.
const LEFT: u64 = 100;
const RIGHT: u64 = 690;
const TOP: u64 = 50;
const BOTTOM: u64 = 430;
/// Where the legend begins.
const LEGEND: u64 = 714;
/// The largest circle's radius, the smallest's, and that of all where the area says nothing.
const LARGEST: u64 = 28;
const SMALLEST: u64 = 3;
const EQUAL: u64 = 8;

/// A circle in the picture's coordinates.
struct Circle {
    x: u64,
    y: u64,
    r: u64,
}

/// The plot as the text of an SVG file.
pub fn svg(plot: &Plot) -> String {
    let x = Axis::of(plot.points.iter().map(|point| point.x), LARGEST + 4, RIGHT - LEFT);
    let y = Axis::of(plot.points.iter().map(|point| point.y), LARGEST + 4, BOTTOM - TOP);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#222222\">\n<title>{0}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{0}</text>",
        escape(&plot.title)
    );
    axes(&mut text, plot, &x, &y);
    let circles: Vec<Circle> = plot.points.iter().map(|point| circle(plot, point, &x, &y)).collect();
    let mut order: Vec<usize> = (0..circles.len()).collect();
    // The largest first: none is hidden behind another.
    order.sort_by_key(|index| (std::cmp::Reverse(circles[*index].r), *index));
    for index in order {
        draw(&mut text, &circles[index], plot.points[index].mark);
    }
    labels(&mut text, plot, &circles);
    legend(&mut text, plot);
    text + "</svg>\n"
}

fn circle(plot: &Plot, point: &Point, x: &Axis, y: &Axis) -> Circle {
    Circle { x: LEFT + x.place(point.x), y: BOTTOM - y.place(point.y), r: radius(plot, point.size) }
}

/// The area is to the largest area as the value to the largest value.
fn radius(plot: &Plot, size: u64) -> u64 {
    let largest = plot.points.iter().map(|point| point.size).max().unwrap_or(0);
    match (&plot.size, u128::from(size) * u128::from(LARGEST * LARGEST)) {
        (None, _) => EQUAL,
        // The root of what is at most the square of a small number is as small.
        (Some(_), scaled) => scaled.checked_div(u128::from(largest)).map_or(SMALLEST, |area| (area.isqrt() as u64).max(SMALLEST)),
    }
}

fn draw(text: &mut String, circle: &Circle, mark: Mark) {
    let Circle { x, y, r } = circle;
    let _ = writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {}/>", mark.style());
}

fn axes(text: &mut String, plot: &Plot, x: &Axis, y: &Axis) {
    for (place, name) in x.ticks() {
        let at = LEFT + place;
        let _ = writeln!(text, "<path d=\"M{at} {TOP}V{BOTTOM}\" stroke=\"#dddddd\"/>");
        let _ = writeln!(text, "<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{name}</text>", BOTTOM + 18);
    }
    for (place, name) in y.ticks() {
        let at = BOTTOM - place;
        let _ = writeln!(text, "<path d=\"M{LEFT} {at}H{RIGHT}\" stroke=\"#dddddd\"/>");
        let _ = writeln!(text, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", LEFT - 8, at + 4);
    }
    let _ = writeln!(text, "<path d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\" fill=\"none\" stroke=\"#222222\"/>");
    let (middle, centre) = (LEFT.midpoint(RIGHT), TOP.midpoint(BOTTOM));
    let _ = writeln!(
        text,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}{}</text>",
        HEIGHT - 22,
        escape(&plot.x),
        x.remark()
    );
    let _ = writeln!(
        text,
        "<text transform=\"translate(22 {centre}) rotate(-90)\" text-anchor=\"middle\">{}{}</text>",
        escape(&plot.y),
        y.remark()
    );
}

fn labels(text: &mut String, plot: &Plot, circles: &[Circle]) {
    let around: Vec<Area> = circles.iter().map(|circle| Area::around(circle.x, circle.y, circle.r)).collect();
    let names: Vec<&str> = plot.points.iter().map(|point| point.name.as_str()).collect();
    let field = Area { left: LEFT, top: TOP, right: RIGHT, bottom: BOTTOM };
    for ((label, circle), name) in label::place(&names, &around, field).iter().zip(circles).zip(names) {
        let name = escape(name);
        if label.is_moved {
            let from = if label.leftwards { circle.x - circle.r } else { circle.x + circle.r };
            let to = if label.leftwards { label.x + 2 } else { label.x - 2 };
            let _ = writeln!(text, "<path d=\"M{from} {}L{to} {}\" stroke=\"#999999\"/>", circle.y, label.y);
        }
        let anchor = if label.leftwards { " text-anchor=\"end\"" } else { "" };
        let _ = writeln!(text, "<text x=\"{}\" y=\"{}\"{anchor}>{name}</text>", label.x, label.y + 4);
    }
}

fn legend(text: &mut String, plot: &Plot) {
    let mut y = TOP + 10;
    if let Some(size) = &plot.size {
        let _ = writeln!(text, "<text x=\"{LEGEND}\" y=\"{y}\" font-weight=\"bold\">Area</text>");
        for line in label::wrapped(size, 26) {
            y += 16;
            let _ = writeln!(text, "<text x=\"{LEGEND}\" y=\"{y}\">{}</text>", escape(&line));
        }
        let largest = plot.points.iter().map(|point| point.size).max().unwrap_or(0);
        for value in axis::examples(largest) {
            let r = radius(plot, value);
            y += r.max(8) + 12;
            draw(text, &Circle { x: LEGEND + LARGEST, y, r }, Mark::Plain);
            let _ = writeln!(text, "<text x=\"{}\" y=\"{}\">{}</text>", LEGEND + 2 * LARGEST + 10, y + 4, grouped(value));
            y += r.max(8);
        }
        y += 24;
    }
    if plot.points.iter().all(|point| point.mark == Mark::Plain) {
        return;
    }
    for mark in Mark::ALL.into_iter().filter(|mark| plot.points.iter().any(|point| point.mark == *mark)) {
        y += 20;
        draw(text, &Circle { x: LEGEND + 8, y, r: 7 }, mark);
        let _ = writeln!(text, "<text x=\"{}\" y=\"{}\">{}</text>", LEGEND + 24, y + 4, mark.meaning());
    }
}

/// `text` as a part of an SVG file.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
