//! JSON text whose keys keep the order they are written in, as the services send it.

use serde::Serialize;

/// One value, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json(pub String);

/// The fields of an object, in order.
pub(crate) type Fields = Vec<(&'static str, Json)>;

/// Anything that serde knows.
pub(crate) fn json(value: impl Serialize) -> Json {
    Json(serde_json::to_string(&value).unwrap_or_else(|_| "null".to_string()))
}

pub(crate) fn null() -> Json {
    Json("null".to_string())
}

pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    let fields: Vec<_> = fields.into_iter().map(|(key, value)| format!("\"{key}\":{}", value.0)).collect();
    Json(format!("{{{}}}", fields.join(",")))
}

pub(crate) fn array(values: impl IntoIterator<Item = Json>) -> Json {
    let values: Vec<_> = values.into_iter().map(|value| value.0).collect();
    Json(format!("[{}]", values.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order() {
        let value = object([("z", json("a\"b")), ("a", array([null(), json(1)]))]);
        assert_eq!(value.0, r#"{"z":"a\"b","a":[null,1]}"#);
    }
}
