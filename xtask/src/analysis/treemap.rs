//! A treemap: rectangles in a room, their areas in proportion to weights, each as near to a square as the room lets it be.
//!
//! Squarified treemaps: Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000. The same weights give the same rectangles on any machine: nothing
//! but the four operations of IEEE 754 is used.

use std::cmp::Reverse;

/// A rectangle; y goes down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub x: f64,
    /// Its upper side.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From above to below.
    pub height: f64,
}

impl Rect {
    /// Its area.
    pub fn area(&self) -> f64 {
        self.width * self.height
    }

    /// What is left with `margin` taken off each side and `head` more above; nothing of it where there is no room.
    pub fn inside(&self, margin: f64, head: f64) -> Rect {
        Rect {
            x: self.x + margin,
            y: self.y + margin + head,
            width: (self.width - 2.0 * margin).max(0.0),
            height: (self.height - 2.0 * margin - head).max(0.0),
        }
    }
}

/// A rectangle for each weight, in the order of the weights. One without weight has no area, and in a room without area none has.
pub fn layout(weights: &[u64], room: Rect) -> Vec<Rect> {
    let mut placed = vec![Rect { width: 0.0, height: 0.0, ..room }; weights.len()];
    let total: f64 = weights.iter().map(|weight| *weight as f64).sum();
    let mut order: Vec<usize> = (0..weights.len()).filter(|index| weights[*index] > 0).collect();
    order.sort_by_key(|index| (Reverse(weights[*index]), *index));
    let scale = room.area() / total.max(1.0);
    let areas: Vec<f64> = order.iter().map(|index| weights[*index] as f64 * scale).collect();
    let (mut left, mut done) = (room, 0);
    while done < order.len() {
        let count = row_length(&areas[done..], left.width.min(left.height));
        let row = &areas[done..done + count];
        let is_last = done + count == order.len();
        let (rects, rest) = place(row, left, is_last);
        for (index, rect) in order[done..].iter().zip(rects) {
            placed[*index] = rect;
        }
        (left, done) = (rest, done + count);
    }
    placed
}

/// How many of `areas`, the largest first, stand along a side before one more would make the worst of them less of a square.
fn row_length(areas: &[f64], side: f64) -> usize {
    let largest = areas[0];
    let mut sum = largest;
    for (count, area) in areas.iter().enumerate().skip(1) {
        if worst(largest, *area, sum + area, side) > worst(largest, areas[count - 1], sum, side) {
            return count;
        }
        sum += area;
    }
    areas.len()
}

/// The worst ratio of a row's long sides to its short ones.
fn worst(largest: f64, smallest: f64, sum: f64, side: f64) -> f64 {
    let thickness = sum * sum;
    (side * side * largest / thickness).max(thickness / (side * side * smallest))
}

/// Places a row along the shorter side of `room`, and says what room is left. The last row takes all that rounding left.
fn place(row: &[f64], room: Rect, is_last: bool) -> (Vec<Rect>, Rect) {
    let sum: f64 = row.iter().sum();
    let is_column = room.width >= room.height;
    let (side, depth) = if is_column { (room.height, room.width) } else { (room.width, room.height) };
    let thickness = if is_last || side <= 0.0 { depth } else { (sum / side).min(depth) };
    let mut at = 0.0;
    let mut rects = Vec::with_capacity(row.len());
    for (index, area) in row.iter().enumerate() {
        let end = if index + 1 == row.len() { side } else { (at + side * area / sum).min(side) };
        rects.push(match is_column {
            true => Rect { x: room.x, y: room.y + at, width: thickness, height: end - at },
            false => Rect { x: room.x + at, y: room.y, width: end - at, height: thickness },
        });
        at = end;
    }
    let rest = match is_column {
        true => Rect { x: room.x + thickness, width: room.width - thickness, ..room },
        false => Rect { y: room.y + thickness, height: room.height - thickness, ..room },
    };
    (rects, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROOM: Rect = Rect { x: 10.0, y: 20.0, width: 600.0, height: 400.0 };

    #[test]
    fn the_example_of_the_paper() {
        let room = Rect { x: 0.0, y: 0.0, width: 6.0, height: 4.0 };
        let rects = layout(&[6, 6, 4, 3, 2, 2, 1], room);
        assert_eq!(rects[0], Rect { x: 0.0, y: 0.0, width: 3.0, height: 2.0 });
        assert_eq!(rects[1], Rect { x: 0.0, y: 2.0, width: 3.0, height: 2.0 });
        assert!((rects[2].width - 12.0 / 7.0).abs() < 1e-9 && (rects[2].height - 7.0 / 3.0).abs() < 1e-9, "{rects:?}");
    }

    #[test]
    fn odd_weights_and_rooms_give_no_odd_rectangles() {
        assert_eq!(layout(&[], ROOM), []);
        for weights in [vec![0, 0], vec![u64::MAX, 1, 0, u64::MAX], vec![1; 3000]] {
            for room in [ROOM, Rect { width: 0.0, ..ROOM }, Rect::default()] {
                for rect in layout(&weights, room) {
                    assert!(
                        [rect.x, rect.y, rect.width, rect.height].iter().all(|one| one.is_finite() && *one >= 0.0),
                        "{rect:?}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn areas_are_in_proportion_inside_the_room_and_apart(weights in prop::collection::vec(0_u64..100_000, 1..60)) {
            let rects = layout(&weights, ROOM);
            let total: u64 = weights.iter().sum();
            for (weight, rect) in weights.iter().zip(&rects) {
                let wanted = if total == 0 { 0.0 } else { ROOM.area() * *weight as f64 / total as f64 };
                prop_assert!((rect.area() - wanted).abs() < 1e-3, "{} is not {wanted}", rect.area());
                let near = 1e-6;
                prop_assert!(rect.x >= ROOM.x - near && rect.y >= ROOM.y - near);
                prop_assert!(rect.x + rect.width <= ROOM.x + ROOM.width + near);
                prop_assert!(rect.y + rect.height <= ROOM.y + ROOM.height + near);
            }
            for (at, one) in rects.iter().enumerate() {
                for other in &rects[at + 1..] {
                    let across = (one.x + one.width).min(other.x + other.width) - one.x.max(other.x);
                    let down = (one.y + one.height).min(other.y + other.height) - one.y.max(other.y);
                    prop_assert!(across.max(0.0) * down.max(0.0) < 1e-6, "{one:?} lies over {other:?}");
                }
            }
        }
    }
}
