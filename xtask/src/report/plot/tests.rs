//! Tests of pictures.

use super::*;

fn sample() -> Plot {
    let point = |name: &str, x, y, size, mark| Point { name: name.into(), x, y, size, mark };
    Plot {
        title: "Allocators <& co>".into(),
        x: "size (bytes)".into(),
        y: "time (instructions)".into(),
        size: Some("peak memory (bytes)".into()),
        points: vec![
            point("talc", 137_611, 250_000, 262_144, Mark::Chosen),
            point("rlsf", 137_191, 251_000, 262_144, Mark::Plain),
            point("leak", 129_601, 200_000, 1_048_576, Mark::Excluded),
        ],
    }
}

#[test]
fn the_same_numbers_give_the_same_picture_and_names_are_escaped() {
    let text = svg(&sample());
    assert_eq!(text, svg(&sample()));
    assert!(text.contains("<title>Allocators &lt;&amp; co&gt;</title>") && !text.contains("<& co>"));
    assert!(text.contains(">150k</text>") || text.contains(">138k</text>"), "{text}");
    for word in ["talc", "rlsf", "leak", "the outcome", "cannot be chosen", "1,000,000"] {
        assert!(text.contains(word), "no {word} in {text}");
    }
    assert!(!text.contains('.') || !text.split("cx=\"").skip(1).any(|rest| rest.split('"').next().unwrap().contains('.')));
}

#[test]
fn areas_are_as_the_values() {
    let plot = sample();
    assert_eq!([radius(&plot, 1_048_576), radius(&plot, 262_144), radius(&plot, 0)], [LARGEST, LARGEST / 2, SMALLEST]);
    let equal = Plot { size: None, ..sample() };
    assert_eq!(radius(&equal, 5), EQUAL);
    assert!(!svg(&equal).contains("Area"));
}

#[test]
fn circles_lie_in_the_field_whatever_the_numbers() {
    for values in [vec![0], vec![5, 5], vec![0, u64::MAX], vec![1, u64::MAX], vec![999, 1_000, 1_001]] {
        let points = values.iter().map(|value| Point { name: "n".into(), x: *value, y: *value, size: *value, mark: Mark::Plain });
        let plot = Plot { points: points.collect(), ..sample() };
        let axis = |length| Axis::of(values.iter().copied(), LARGEST + 4, length);
        let (x, y) = (axis(RIGHT - LEFT), axis(BOTTOM - TOP));
        for circle in plot.points.iter().map(|point| circle(&plot, point, &x, &y)) {
            assert!(circle.x - circle.r > LEFT && circle.x + circle.r < RIGHT, "{values:?}");
            assert!(circle.y - circle.r > TOP && circle.y + circle.r < BOTTOM, "{values:?}");
        }
        assert!(!svg(&plot).contains("the outcome"), "all are plain, which needs no legend");
    }
}
