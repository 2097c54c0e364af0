//! The two model APIs: their paths, their ids, their errors.

use crate::json::{Json, json, null, object};
use crate::response::Response;
use crate::script::ErrorReply;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    OpenAi,
    Anthropic,
}

/// The statuses the services use: status, type and code in the OpenAI format, type in the Anthropic one.
const ERRORS: &[(u16, &str, Option<&str>, &str)] = &[
    (400, "invalid_request_error", None, "invalid_request_error"),
    (401, "invalid_request_error", Some("invalid_api_key"), "authentication_error"),
    (402, "insufficient_quota", Some("insufficient_quota"), "billing_error"),
    (403, "invalid_request_error", Some("unsupported_country_region_territory"), "permission_error"),
    (404, "invalid_request_error", Some("model_not_found"), "not_found_error"),
    (405, "invalid_request_error", Some("method_not_supported"), "invalid_request_error"),
    (409, "invalid_request_error", None, "invalid_request_error"),
    (413, "invalid_request_error", None, "request_too_large"),
    (422, "invalid_request_error", None, "invalid_request_error"),
    (429, "requests", Some("rate_limit_exceeded"), "rate_limit_error"),
    (500, "server_error", None, "api_error"),
    (503, "server_error", None, "api_error"),
    (504, "server_error", None, "timeout_error"),
    (529, "server_error", None, "overloaded_error"),
];

impl Api {
    /// The API at a path.
    pub(crate) fn of(path: &str) -> Option<Api> {
        match path {
            "/v1/chat/completions" => Some(Api::OpenAi),
            "/v1/messages" => Some(Api::Anthropic),
            _ => None,
        }
    }

    /// The header with the id of a request.
    pub(crate) fn request_id(self) -> &'static str {
        match self {
            Api::OpenAi => "x-request-id",
            Api::Anthropic => "request-id",
        }
    }

    /// The body of an error. What `error` does not say follows from the status.
    pub(crate) fn error(self, status: u16, error: &ErrorReply, request_id: &str) -> Json {
        let row = ERRORS.iter().find(|(known, ..)| *known == status);
        let (_, openai, code, anthropic) = row.copied().unwrap_or((status, "server_error", None, "api_error"));
        let kind = |usual: &str| json(error.kind.as_deref().unwrap_or(usual));
        let message = json(error.message.as_deref().unwrap_or("The mock was told to fail."));
        match self {
            Api::OpenAi => {
                let code = error.code.as_deref().or(if error.kind.is_none() { code } else { None });
                let fields = [("message", message), ("type", kind(openai)), ("param", null()), ("code", json(code))];
                object([("error", object(fields))])
            }
            Api::Anthropic => object([
                ("type", json("error")),
                ("error", object([("type", kind(anthropic)), ("message", message)])),
                ("request_id", json(request_id)),
            ]),
        }
    }

    /// An answer that refuses the request.
    pub(crate) fn refuse(self, status: u16, message: &str) -> Response {
        let error = ErrorReply { message: Some(message.to_string()), ..ErrorReply::default() };
        let mut response = Response::json(status, self.error(status, &error, "req_refused"));
        response.set_header(self.request_id(), "req_refused");
        response
    }
}

/// The status of an error that names none: that of its type or code.
pub(crate) fn status_of(error: &ErrorReply) -> u16 {
    let named = |name: &str| {
        let row = ERRORS.iter().find(|(_, _, code, anthropic)| *anthropic == name || *code == Some(name));
        row.or_else(|| ERRORS.iter().find(|(_, openai, ..)| *openai == name)).map(|(status, ..)| *status)
    };
    let code = error.code.as_deref().and_then(named);
    code.or_else(|| error.kind.as_deref().and_then(named)).unwrap_or(500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_from_the_name() {
        let kind = |kind: &str| status_of(&ErrorReply { kind: Some(kind.to_string()), ..ErrorReply::default() });
        let code = |code: &str| status_of(&ErrorReply { code: Some(code.to_string()), ..ErrorReply::default() });
        assert_eq!([kind("overloaded_error"), kind("invalid_request_error"), kind("nonsense")], [529, 400, 500]);
        assert_eq!([code("rate_limit_exceeded"), code("model_not_found")], [429, 404]);
    }
}
