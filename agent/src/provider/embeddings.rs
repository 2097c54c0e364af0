//! Vectors of texts from a server: the request `/v1/embeddings`, and what its response says.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::reading::Wrong;
use super::{Endpoint, exchange};
use crate::effects::Host;
use crate::failure::Failure;
use crate::json::{self, Json};

/// The most texts of one request. Servers take more; a batch that fails is a batch that is paid for again.
pub const MAX_BATCH: usize = 64;
/// The most bytes of text in one request, unless one text alone has more: a token is a byte or more, and the vendor takes 300,000 tokens.
const MAX_BATCH_BYTES: usize = 256 * 1024;

/// The vectors of `texts`, in their order and all of one length, which is `dimensions` where that is given.
pub fn embed<H: Host>(
    endpoint: &Endpoint,
    texts: &[&str],
    dimensions: Option<usize>,
    host: &mut H,
) -> Result<Vec<Vec<f32>>, Failure> {
    let mut vectors = Vec::new();
    let mut rest = texts;
    let mut dimensions_so_far = dimensions;
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(batch_count(rest));
        vectors.extend(exchange::embed(endpoint, batch, dimensions, dimensions_so_far, host)?);
        dimensions_so_far = vectors.first().map(Vec::len);
        rest = later;
    }
    Ok(vectors)
}

/// How many of the texts, of which there are some, make the next request.
fn batch_count(texts: &[&str]) -> usize {
    let mut bytes = 0;
    let fits = |text: &&&str| {
        bytes += text.len();
        bytes <= MAX_BATCH_BYTES
    };
    texts.iter().take(MAX_BATCH).take_while(fits).count().max(1)
}

/// The body of a request.
pub(super) fn body(model: &str, texts: &[&str], dimensions: Option<usize>) -> String {
    let mut out = String::new();
    json::field(&mut out, "{\"model\":", model);
    out.push_str(",\"encoding_format\":\"float\"");
    if let Some(dimensions) = dimensions {
        out.push_str(",\"dimensions\":");
        json::number(&mut out, dimensions as u64);
    }
    let mut before = ",\"input\":[";
    for text in texts {
        json::field(&mut out, before, text);
        before = ",";
    }
    out.push_str("]}");
    out
}

/// The vectors of `count` texts, which `text` has in any order, all of `dimensions` or else of one length.
pub(super) fn read(text: &str, count: usize, dimensions: Option<usize>) -> Result<Vec<Vec<f32>>, Wrong> {
    let json = json::parse(text).map_err(|_| Wrong::Format("the response is not JSON"))?;
    if let Some(error) = json.get("error") {
        return Err(Wrong::Error(error.raw().into()));
    }
    let data = json.get("data").filter(|data| data.is_array()).ok_or(Wrong::Format("the response has no list of data"))?;
    let mut vectors: Vec<Vec<f32>> = vec![Vec::new(); count];
    let mut dimensions = dimensions;
    for item in data.items() {
        let index = item.get("index").and_then(Json::number).and_then(|index| usize::try_from(index).ok());
        let place = index.and_then(|index| vectors.get_mut(index)).filter(|place| place.is_empty());
        let place = place.ok_or(Wrong::Format("it gave vectors for other texts than were sent, or two for one"))?;
        let values = item.get("embedding").filter(|values| values.is_array());
        for value in values.into_iter().flat_map(Json::items) {
            let value = value.real().filter(|value| value.is_finite());
            place.push(value.ok_or(Wrong::Format("it gave a vector with what is no number, or too large"))?);
        }
        if place.is_empty() || *dimensions.get_or_insert(place.len()) != place.len() {
            return Err(Wrong::Format("it gave a vector of other dimensions than were asked for or than the others have"));
        }
    }
    if vectors.iter().any(Vec::is_empty) {
        return Err(Wrong::Format("it gave no vector for some of the texts"));
    }
    Ok(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_put_in_the_order_of_the_texts() {
        let text = r#"{"object":"list","data":[{"index":1,"embedding":[0.5,-1e-1]},{"embedding":[2,3],"index":0}],"usage":{}}"#;
        assert_eq!(read(text, 2, None), Ok(vec![vec![2.0, 3.0], vec![0.5, -0.1]]));
        assert_eq!(read(text, 2, Some(2)).map(|vectors| vectors.len()), Ok(2));
        assert!(read(text, 2, Some(3)).is_err() && read(text, 1, None).is_err() && read(text, 3, None).is_err());
    }

    #[test]
    fn a_batch_has_a_limit_on_texts_and_on_bytes() {
        assert_eq!(batch_count(&["a"; 65]), 64);
        let long = "a".repeat(MAX_BATCH_BYTES / 2);
        assert_eq!(batch_count(&[&long, &long, "b"]), 2);
        let longest = "a".repeat(MAX_BATCH_BYTES + 1);
        assert_eq!(batch_count(&[&longest, "b"]), 1);
    }

    #[test]
    fn the_request_has_what_was_asked_for() {
        assert_eq!(
            body("e", &["a\"", "b"], Some(8)),
            r#"{"model":"e","encoding_format":"float","dimensions":8,"input":["a\"","b"]}"#
        );
        assert_eq!(body("e", &["a"], None), r#"{"model":"e","encoding_format":"float","input":["a"]}"#);
    }
}
