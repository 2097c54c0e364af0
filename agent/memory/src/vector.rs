//! Vectors as small integers, and their products.
//!
//! A vector is scaled to length 1 and kept as int8 values with one scale: value times scale is the component. A query has 13 bits a component instead, because it
//! is there only once: that halves the error of a score and costs nothing, for the product is taken in 16 bits anyway.
//!
//! The same bits everywhere: sums of products are integers, whose order does not matter; the f32 and f64 steps are additions, products, divisions
//! and conversions of IEEE 754 in the order written here, and the compiler neither reorders nor fuses them. The kernel is chosen when the crate is compiled: `simd128`
//! where the target has it, products one by one in other WebAssembly, else a loop that compilers make vectors of.

use alloc::vec::Vec;

use crate::error::Error;

/// The most dimensions. With more, sums of products could leave 32 bits: 4,096 x 4,095 x 128 is just below 2^31.
pub const MAX_DIMENSIONS: usize = 4096;

/// The largest value of a component of a stored vector.
pub const STORED: i16 = 127;
/// The largest value of a component of a query.
pub const ASKED: i16 = 4095;

/// The values that one step of the kernel takes.
pub(crate) const LANES: usize = 8;
/// Rows are padded with zeros to a multiple of so many steps.
const BLOCK: usize = 4;

/// The steps that a row of so many values takes, with its padding.
pub(crate) fn steps(values: usize) -> usize {
    values.div_ceil(LANES).next_multiple_of(BLOCK)
}

#[cfg(target_feature = "simd128")]
type Lanes = core::arch::wasm32::v128;
#[cfg(not(target_feature = "simd128"))]
type Lanes = [i16; LANES];

/// What stored vectors are compared with.
#[derive(Debug, Clone)]
pub struct Query {
    lanes: Vec<Lanes>,
    pub(crate) scale: f32,
}

impl Query {
    /// The query of a vector, which has to have `dimensions` finite components that are not all 0. Its length does not matter.
    ///
    /// # Errors
    /// [`Error::Dimensions`], [`Error::NotFinite`], [`Error::Zero`].
    pub fn new(vector: &[f32], dimensions: usize) -> Result<Query, Error> {
        let (values, scale) = quantize(vector, dimensions, ASKED)?;
        Ok(Query { lanes: lanes(values.into_iter()), scale })
    }

    /// The query of a stored vector.
    pub(crate) fn of_row(row: &[[u8; LANES]], scale: f32) -> Query {
        Query { lanes: lanes(row.as_flattened().iter().map(|byte| i16::from(byte.cast_signed()))), scale }
    }

    /// The sum of the products of the values.
    pub(crate) fn dot(&self, row: &[[u8; LANES]]) -> i32 {
        dot(&self.lanes, row)
    }
}

/// `vector` at length 1 as integers of at most `limit`, rounded half away from zero, and the scale: value times scale is the component.
///
/// The scale is not the one that was rounded with, but that with which the product of the vector and its integers is 1: then rounding errs only across the vector and not
/// along it, where what is near is compared (the parallel error of Guo et al.: Accelerating Large-Scale Inference with Anisotropic Vector Quantization, ICML 2020).
pub(crate) fn quantize(vector: &[f32], dimensions: usize, limit: i16) -> Result<(Vec<i16>, f32), Error> {
    if vector.len() != dimensions {
        return Err(Error::Dimensions);
    }
    let mut square = 0.0;
    let mut largest = 0.0;
    for value in vector {
        let value = f64::from(value.abs());
        square += value * value;
        largest = if value > largest { value } else { largest };
    }
    // No sum of 4,096 squares of f32 leaves f64.
    if !square.is_finite() {
        return Err(Error::NotFinite);
    }
    if largest == 0.0 {
        return Err(Error::Zero);
    }
    let steps = f64::from(limit) / largest;
    let whole = |value: &f32| {
        let value = f64::from(*value) * steps;
        (value + if value < 0.0 { -0.5 } else { 0.5 }) as i16
    };
    let values: Vec<i16> = vector.iter().map(whole).collect();
    let product = values.iter().zip(vector).fold(0.0, |sum, (a, b)| sum + f64::from(*a) * f64::from(*b));
    Ok((values, (sqrt(square) / product) as f32))
}

/// The square root of a normal positive number, by Newton's method from half the exponent: `core` has none, and this one is the same everywhere.
pub(crate) fn sqrt(square: f64) -> f64 {
    let mut root = f64::from_bits((square.to_bits() >> 1) + (1023 << 51));
    for _ in 0..5 {
        root = 0.5 * (root + square / root);
    }
    root
}

fn lanes(mut values: impl ExactSizeIterator<Item = i16>) -> Vec<Lanes> {
    (0..steps(values.len())).map(|_| pack(core::array::from_fn(|_| values.next().unwrap_or(0)))).collect()
}

#[cfg(target_feature = "simd128")]
fn pack([a, b, c, d, e, f, g, h]: [i16; LANES]) -> Lanes {
    core::arch::wasm32::i16x8(a, b, c, d, e, f, g, h)
}

#[cfg(not(target_feature = "simd128"))]
fn pack(values: [i16; LANES]) -> Lanes {
    values
}

/// The kernels of WebAssembly are written out: at `opt-level = "z"` the compiler unrolls nothing.
#[cfg(target_feature = "simd128")]
fn dot(query: &[Lanes], row: &[[u8; LANES]]) -> i32 {
    use core::arch::wasm32::{i16x8_extend_low_i8x16, i32x4_add, i32x4_dot_i16x8, i32x4_extract_lane, i32x4_splat, i64x2};
    let product =
        |query: &Lanes, row: &[u8; LANES]| i32x4_dot_i16x8(*query, i16x8_extend_low_i8x16(i64x2(i64::from_le_bytes(*row), 0)));
    let mut sum = i32x4_splat(0);
    for ([a, b, c, d], [e, f, g, h]) in query.as_chunks::<BLOCK>().0.iter().zip(row.as_chunks::<BLOCK>().0) {
        let (first, second) = (i32x4_add(product(a, e), product(b, f)), i32x4_add(product(c, g), product(d, h)));
        sum = i32x4_add(sum, i32x4_add(first, second));
    }
    i32x4_extract_lane::<0>(sum) + i32x4_extract_lane::<1>(sum) + i32x4_extract_lane::<2>(sum) + i32x4_extract_lane::<3>(sum)
}

#[cfg(all(target_family = "wasm", not(target_feature = "simd128")))]
fn dot(query: &[Lanes], row: &[[u8; LANES]]) -> i32 {
    let mut sum = 0;
    for (query, row) in query.iter().zip(row) {
        let product = |at: usize| i32::from(query[at]) * i32::from(row[at].cast_signed());
        sum += product(0) + product(1) + product(2) + product(3) + product(4) + product(5) + product(6) + product(7);
    }
    sum
}

#[cfg(not(target_family = "wasm"))]
fn dot(query: &[Lanes], row: &[[u8; LANES]]) -> i32 {
    // Blocks of 32, each with a sum of its own: of these LLVM makes wide vectors and adds up their lanes at the end.
    let mut sum = 0;
    for (query, row) in query.as_chunks::<BLOCK>().0.iter().zip(row.as_chunks::<BLOCK>().0) {
        let (query, row) = (query.as_flattened(), row.as_flattened());
        let products = query.iter().zip(row).map(|(query, byte)| i32::from(*query) * i32::from(byte.cast_signed()));
        sum += products.sum::<i32>();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn packed(values: &[i16]) -> Vec<[u8; LANES]> {
        let mut rows = vec![[0; LANES]; steps(values.len())];
        for (byte, value) in rows.as_flattened_mut().iter_mut().zip(values) {
            *byte = (*value as i8).cast_unsigned();
        }
        rows
    }

    #[test]
    fn what_has_no_direction_is_refused() {
        let wrong = |vector: &[f32]| Query::new(vector, 3).map(|_| ()).unwrap_err();
        assert_eq!(wrong(&[1.0, 2.0]), Error::Dimensions);
        assert_eq!(wrong(&[0.0, -0.0, 0.0]), Error::Zero);
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(wrong(&[1.0, value, 0.0]), Error::NotFinite);
        }
    }

    #[test]
    fn the_ends_of_f32_are_taken() {
        for value in [f32::MIN_POSITIVE / 8.0, f32::MIN_POSITIVE, 1.0, f32::MAX] {
            let (values, scale) = quantize(&[value, -value, value / 2.0], 3, STORED).unwrap();
            assert_eq!(values, [127, -127, 64], "{value}");
            assert!((scale * 127.0 - 2.0 / 3.0).abs() < 0.001, "{value}: {scale}");
        }
        let (values, scale) = quantize(&vec![1.0; MAX_DIMENSIONS], MAX_DIMENSIONS, ASKED).unwrap();
        assert!((scale * 4095.0 * 64.0 - 1.0).abs() < 1e-6);
        let query = Query { lanes: lanes(values.into_iter()), scale };
        let lowest = vec![[0x80; LANES]; MAX_DIMENSIONS / LANES];
        assert_eq!(query.dot(&lowest), -4095 * 128 * 4096);
    }

    proptest! {
        #[test]
        fn a_root_is_the_root(bits in 0x0010_0000_0000_0000_u64..0x7FE0_0000_0000_0000) {
            let square = f64::from_bits(bits);
            let (ours, wanted) = (sqrt(square), std::primitive::f64::sqrt(square));
            prop_assert!((ours - wanted).abs() <= wanted * f64::EPSILON, "{ours} {wanted}");
        }

        #[test]
        fn products_are_those_of_plain_arithmetic(pairs in prop::collection::vec((-4095_i16..=4095, -128_i16..=127), 0..70)) {
            let (query, row): (Vec<i16>, Vec<i16>) = pairs.iter().copied().unzip();
            let wanted: i32 = pairs.iter().map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            prop_assert_eq!(dot(&lanes(query.into_iter()), &packed(&row)), wanted);
            let of_row = Query::of_row(&packed(&row), 1.0);
            prop_assert_eq!(of_row.dot(&packed(&row)), row.iter().map(|a| i32::from(*a) * i32::from(*a)).sum::<i32>());
        }

        #[test]
        fn a_component_is_off_by_half_a_step_and_the_product_is_1(vector in prop::collection::vec(-1e3_f32..1e3, 1..40)) {
            prop_assume!(vector.iter().any(|value| value.abs() > 1e-3));
            let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
            let largest = vector.iter().map(|value| value.abs()).fold(0.0, f32::max);
            for limit in [STORED, ASKED] {
                let (values, scale) = quantize(&vector, vector.len(), limit).unwrap();
                prop_assert_eq!(values.iter().map(|value| value.abs()).max(), Some(limit));
                let mut product = 0.0;
                for (value, component) in values.iter().zip(&vector) {
                    let off = f64::from(*value) - f64::from(*component / largest) * f64::from(limit);
                    prop_assert!(off.abs() <= 0.501, "{off}");
                    product += f64::from(*value) * f64::from(*component) / length * f64::from(scale);
                }
                prop_assert!((product - 1.0).abs() < 1e-6, "{product}");
            }
        }
    }
}
