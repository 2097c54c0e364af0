//! Embeddings at `/v1/embeddings`: vectors that follow from the words of the text alone, so that texts with words in common are near.

use serde_json::Value;

use crate::json::{Json, array, json, object};

/// Where they are asked for.
pub(crate) const PATH: &str = "/v1/embeddings";

/// The components of a vector where the request does not say.
const DIMENSIONS: u64 = 64;
const MAX_DIMENSIONS: u64 = 4096;
/// The most texts of a request, that of the service.
const MAX_TEXTS: usize = 2048;

/// The texts of a request.
pub(crate) fn texts(body: &Value) -> Vec<&str> {
    match &body["input"] {
        Value::String(text) => vec![text],
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What the service refuses.
pub(crate) fn validate(body: &Value) -> Result<(), String> {
    let texts = texts(body);
    let count = body["input"].as_array().map_or(texts.len(), Vec::len);
    if texts.is_empty() || texts.len() != count || texts.iter().any(|text| text.is_empty()) {
        return Err("input: a string or a list of strings is expected, none of them empty".to_string());
    }
    if count > MAX_TEXTS {
        return Err(format!("input: at most {MAX_TEXTS} texts, not {count}"));
    }
    let dimensions = &body["dimensions"];
    if !dimensions.is_null() && !dimensions.as_u64().is_some_and(|dimensions| (1..=MAX_DIMENSIONS).contains(&dimensions)) {
        return Err(format!("dimensions: a whole number from 1 to {MAX_DIMENSIONS} is expected"));
    }
    match body["encoding_format"].as_str().unwrap_or("float") {
        "float" => Ok(()),
        other => Err(format!("encoding_format: only float is played here, not `{other}`")),
    }
}

/// The answer: a vector for each text, in order. `model` is what is reported.
pub(crate) fn body(request: &Value, model: &str) -> Json {
    let dimensions = request["dimensions"].as_u64().unwrap_or(DIMENSIONS).min(MAX_DIMENSIONS);
    let texts = texts(request);
    let tokens: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    let data = texts.iter().enumerate().map(|(index, text)| {
        object([
            ("object", json("embedding")),
            ("index", json(index)),
            ("embedding", array(vector(text, dimensions).into_iter().map(json))),
        ])
    });
    object([
        ("object", json("list")),
        ("data", array(data)),
        ("model", json(model)),
        ("usage", object([("prompt_tokens", json(tokens)), ("total_tokens", json(tokens))])),
    ])
}

/// The sum of a vector for each word, at length 1.
fn vector(text: &str, dimensions: u64) -> Vec<f32> {
    let lower = text.to_lowercase();
    let mut words: Vec<&str> = lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        words.push(text);
    }
    let component = |at: u64| -> f64 { words.iter().map(|word| noise(hash(word) ^ at << 32)).sum() };
    let values: Vec<f64> = (0..dimensions).map(component).collect();
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    values.iter().map(|value| (value / length) as f32).collect()
}

/// FNV-1a (RFC 9923).
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

/// From -1 to 1 by the bits, mixed by the finalizer of SplitMix64.
fn noise(bits: u64) -> f64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ bits >> 31) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        vector(a, 256).iter().zip(vector(b, 256)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_with_words_in_common_are_near() {
        assert!((cosine("The blue door.", "the BLUE door") - 1.0).abs() < 1e-5);
        assert!(cosine("the blue door", "a blue door") > 0.5);
        assert!(cosine("the blue door", "seven angry wolves").abs() < 0.3);
        assert!(vector("?!", 3).iter().any(|value| *value != 0.0));
    }
}
