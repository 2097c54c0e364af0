//! A curve as a picture and as a page: what was found of all above, the fuel that it took below, over one setting.
//!
//! Every coordinate is an integer found by integers, so the same numbers give the same bytes. The background is white whatever surrounds it.

use super::{
    plot::{axis::Axis, escape},
    table::{Column, Form, Grid, grouped},
};
use crate::{
    analysis::curve::{Line, Point},
    data::curve::CurvePolicy,
};
use std::fmt::Write;

const WIDTH: u64 = 900;
const HEIGHT: u64 = 660;
const LEFT: u64 = 110;
const RIGHT: u64 = 690;
/// Where the legend begins.
const LEGEND: u64 = 714;
/// The two fields, from top to bottom.
const RECALL: (u64, u64) = (56, 306);
const FUEL: (u64, u64) = (346, 596);
/// Kept free at the ends of an axis.
const MARGIN: u64 = 14;
/// Of each series, dark enough for white paper and told apart without colour by dots and squares.
const COLOURS: [&str; 2] = ["#225588", "#aa3344"];

/// The picture as the text of an SVG file.
pub fn svg(curve: &CurvePolicy, lines: &[Line]) -> String {
    let x = Axis::of(curve.points.iter().copied(), MARGIN, RIGHT - LEFT);
    let fuel = Axis::of(lines.iter().flat_map(|line| &line.points).map(|point| point.fuel_count), MARGIN, FUEL.1 - FUEL.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#222222\">\n<title>{0}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"30\" font-size=\"16\" font-weight=\"bold\">{0}</text>\n",
        escape(&curve.title)
    );
    let recall_at = |point: &Point| RECALL.1 - MARGIN - point.recall_ppm * (RECALL.1 - RECALL.0 - 2 * MARGIN) / 1_000_000;
    let fuel_at = |point: &Point| FUEL.1 - fuel.place(point.fuel_count);
    for at in 0..=5 {
        let y = recall_at(&Point { x: 0, recall_ppm: at * 200_000, fuel_count: 0 });
        level_tick(&mut text, y, &format!("{}.{}", at / 5, at % 5 * 2));
    }
    for (place, name) in fuel.ticks() {
        level_tick(&mut text, FUEL.1 - place, &name);
    }
    for field in [RECALL, FUEL] {
        for value in &curve.points {
            let at = LEFT + x.place(*value);
            let _ = writeln!(text, "<path d=\"M{at} {}V{}\" stroke=\"#dddddd\"/>", field.0, field.1);
            let _ = writeln!(text, "<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{value}</text>", field.1 + 18);
        }
        let _ = writeln!(text, "<path d=\"M{LEFT} {}V{}H{RIGHT}\" fill=\"none\" stroke=\"#222222\"/>", field.0, field.1);
    }
    title(&mut text, RECALL, "recall");
    title(&mut text, FUEL, &format!("fuel of one{}", fuel.remark()));
    let _ = writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}{}</text>",
        LEFT.midpoint(RIGHT),
        HEIGHT - 22,
        escape(&curve.x),
        x.remark()
    );
    for line in lines {
        let places = |y: &dyn Fn(&Point) -> u64| -> Vec<(u64, u64)> {
            line.points.iter().map(|point| (LEFT + x.place(point.x), y(point))).collect()
        };
        draw(&mut text, line, &places(&recall_at));
        draw(&mut text, line, &places(&fuel_at));
    }
    legend(&mut text, lines);
    text + "</svg>\n"
}

fn level_tick(text: &mut String, y: u64, name: &str) {
    let _ = writeln!(text, "<path d=\"M{LEFT} {y}H{RIGHT}\" stroke=\"#dddddd\"/>");
    let _ = writeln!(text, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", LEFT - 8, y + 4);
}

fn title(text: &mut String, field: (u64, u64), name: &str) {
    let centre = field.0.midpoint(field.1);
    let _ = writeln!(text, "<text transform=\"translate(22 {centre}) rotate(-90)\" text-anchor=\"middle\">{name}</text>");
}

/// A line through its points with a mark on each; a level from side to side.
fn draw(text: &mut String, line: &Line, places: &[(u64, u64)]) {
    let colour = COLOURS[line.series.min(1)];
    if line.is_level {
        let y = places.first().map_or(0, |place| place.1);
        // The two series of a level often lie on each other: one has the gaps of the other.
        let offset = line.series * 6;
        let dashes = format!("stroke-dasharray=\"6 6\" stroke-dashoffset=\"{offset}\"");
        let _ = writeln!(text, "<path d=\"M{LEFT} {y}H{RIGHT}\" stroke=\"{colour}\" stroke-width=\"2\" {dashes}/>");
        return;
    }
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x} {y}")).collect();
    let _ = writeln!(text, "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join("L"));
    places.iter().for_each(|place| mark(text, line, *place));
}

fn mark(text: &mut String, line: &Line, (x, y): (u64, u64)) {
    let colour = COLOURS[line.series.min(1)];
    let _ = match line.series {
        0 => writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/>"),
        _ => writeln!(text, "<rect x=\"{}\" y=\"{}\" width=\"9\" height=\"9\" fill=\"{colour}\"/>", x - 4, y - 4),
    };
}

fn legend(text: &mut String, lines: &[Line]) {
    for (line, y) in lines.iter().zip((RECALL.0 + 14..).step_by(24)) {
        let colour = COLOURS[line.series.min(1)];
        let dashes = if line.is_level { " stroke-dasharray=\"6 6\"" } else { "" };
        let _ = writeln!(text, "<path d=\"M{LEGEND} {y}H{}\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>", LEGEND + 30);
        if !line.is_level {
            mark(text, line, (LEGEND + 15, y));
        }
        let _ = writeln!(text, "<text x=\"{}\" y=\"{}\">{}</text>", LEGEND + 40, y + 4, escape(&line.name));
    }
}

/// The page: the picture, the numbers, and how they came about.
pub fn page(name: &str, curve: &CurvePolicy, lines: &[Line]) -> String {
    let columns = [("", Column::Text), (&*curve.x, Column::Number), ("recall", Column::Number), ("fuel of one", Column::Number)];
    let mut grid = Grid::new(&columns);
    for line in lines {
        for point in &line.points {
            let x = if line.is_level { "-".into() } else { point.x.to_string() };
            let recall = format!("{}.{:03}", point.recall_ppm / 1_000_000, point.recall_ppm % 1_000_000 / 1_000);
            grid.row([line.name.clone(), x, recall, grouped(point.fuel_count)]);
        }
    }
    let rows: Vec<String> = curve.series.iter().map(|(name, row)| format!("{name} is `{row}`")).collect();
    format!(
        "# {}\n\nWritten by `cargo xtask report curve {name}` from `baselines/run.json`; changed in the policy alone.\n\n![{}]({name}.svg)\n\n{}\n## Method\n\n{}\n\nRows: {}.\n",
        curve.title,
        curve.title,
        grid.render(Form::Markdown),
        curve.method.trim(),
        rows.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::curve::{
        lines,
        tests::{baseline, curve},
    };

    #[test]
    fn the_page_and_the_picture_say_the_same() {
        let lines = lines(&curve(), &baseline()).unwrap();
        insta::assert_snapshot!(page("memory-recall", &curve(), &lines));
        let text = svg(&curve(), &lines);
        assert!(text.contains("Recall &lt;over&gt; ef") && !text.contains("<over>"));
        // A mark for each point in both fields and one in the legend; a level in both fields and in the legend.
        assert_eq!(text.matches("<circle").count(), 3 + 3 + 1);
        assert_eq!(text.matches("stroke-dasharray").count(), 2 * 3);
        insta::assert_snapshot!(text);
    }
}
