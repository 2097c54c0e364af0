//! From a request to an answer: which reply or page, or what is wrong with the request.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::api::{Api, status_of};
use crate::faults;
use crate::modes::{Fault, Modes};
use crate::request::Recorded;
use crate::response::{Part, Response, parts_of};
use crate::script::{ErrorReply, Expect, Page, Reply};
use crate::sse::{self, Event, Stage};
use crate::state::State;
use crate::turn::{MARKER, Turn};
use crate::validate::{required_text, validate};
use crate::{anthropic, embeddings, openai};

/// Answers one request.
pub(crate) fn answer(state: &State, request: &Recorded) -> Response {
    let path = request.path.split(['?', '#']).next().unwrap_or_default();
    if path == embeddings::PATH {
        return answer_embeddings(state, request).unwrap_or_else(|(status, message)| Api::OpenAi.refuse(status, &message));
    }
    match Api::of(path) {
        Some(api) => answer_api(state, api, request).unwrap_or_else(|(status, message)| api.refuse(status, &message)),
        None => match state.script.pages.iter().find(|page| page.path == path) {
            Some(page) if request.method == "GET" => answer_page(&state.script.modes(), page),
            Some(_) => Response::new(405, "text/plain", parts_of("only GET is answered here\n")),
            None => Response::new(404, "text/plain", parts_of(&format!("the script has no page `{path}`\n"))),
        },
    }
}

/// A refused request takes no reply from the script; one that is not as expected takes it.
fn answer_api(state: &State, api: Api, request: &Recorded) -> Result<Response, (u16, String)> {
    let body = read_body(state, api, request)?;
    if state.script.strict {
        validate(api, request, &body).map_err(|error| (400, error))?;
    }
    let (number, reply) = state.next_reply().ok_or_else(|| (500, state.over()))?;
    expected(state, &format!("answer {number}"), reply, request)?;
    Ok(render(&state.script.modes(), api, reply, number, &body))
}

/// Vectors of the texts; where the script has something to say, as that says.
fn answer_embeddings(state: &State, request: &Recorded) -> Result<Response, (u16, String)> {
    let body = read_body(state, Api::OpenAi, request)?;
    if state.script.strict {
        required_text(&body, "model").and_then(|_| embeddings::validate(&body)).map_err(|error| (400, error))?;
    }
    let (number, reply) = state.next_embedding();
    expected(state, &format!("embedding {number}"), reply, request)?;
    let modes = reply.modes().over(&state.script.modes());
    let marked = faults::marks(&modes);
    let request_id = format!("req_embedding_{number}");
    let status = reply.status.unwrap_or(200);
    let mut response = if let Some(raw) = &reply.body {
        Response::new(status, "application/json", parts_of(raw))
    } else if let Some(error) = &reply.error {
        let status = reply.status.unwrap_or_else(|| status_of(error));
        Response::json(status, Api::OpenAi.error(status, error, &request_id))
    } else {
        let model = reply.model.as_deref().unwrap_or(body["model"].as_str().unwrap_or("mock"));
        let model = if marked { format!("{model}{MARKER}") } else { model.to_string() };
        Response::json(status, embeddings::body(&body, &model))
    };
    response.set_header(Api::OpenAi.request_id(), &request_id);
    Ok(finish(response, &modes, &reply.headers, reply.delay_ms))
}

/// The body of a request that may be answered: a JSON object, with the key.
fn read_body(state: &State, api: Api, request: &Recorded) -> Result<Value, (u16, String)> {
    if request.method != "POST" {
        return Err((405, format!("{} is not allowed here, only POST", request.method)));
    }
    check_key(state.script.key.as_deref(), api, request)?;
    let content_type = request.header("content-type").unwrap_or_default();
    if content_type.split(';').next().unwrap_or_default().trim() != "application/json" {
        return Err((400, format!("content-type must be application/json, not `{content_type}`")));
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|error| (400, format!("the body is no JSON: {error}")))?;
    if !body.is_object() {
        return Err((400, "the body is no JSON object".to_string()));
    }
    Ok(body)
}

/// Refuses and keeps what is not as the reply, which is the `which`, expects.
fn expected(state: &State, which: &str, reply: &Reply, request: &Recorded) -> Result<(), (u16, String)> {
    let Some(wanted) = reply.expect.as_ref().and_then(|expect| mismatch(expect, request)) else { return Ok(()) };
    let message = format!("{which}: {wanted}");
    state.mismatch(&message);
    Err((400, message))
}

fn check_key(key: Option<&str>, api: Api, request: &Recorded) -> Result<(), (u16, String)> {
    let Some(key) = key else { return Ok(()) };
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match (api, bearer, request.header("x-api-key")) {
        (Api::OpenAi, Some(given), _) if given == key => Ok(()),
        (Api::Anthropic, None, Some(given)) | (Api::Anthropic, Some(given), None) if given == key => Ok(()),
        (Api::OpenAi, Some(given), _) => Err((401, format!("Incorrect API key provided: {given}"))),
        (Api::OpenAi, None, _) => {
            Err((401, "You did not provide an API key: an Authorization header with Bearer is needed".into()))
        }
        (Api::Anthropic, ..) => Err((401, "invalid x-api-key".to_string())),
    }
}

/// What was wanted and is not there.
fn mismatch(expect: &Expect, request: &Recorded) -> Option<String> {
    let body = String::from_utf8_lossy(&request.body);
    let contains = expect.contains.iter().find(|text| !body.contains(text.as_str()));
    let lacks = expect.lacks.iter().find(|text| body.contains(text.as_str()));
    let header = expect.header.iter().find(|(name, value)| request.header(name) != Some(value));
    contains
        .map(|text| format!("wanted a body that contains `{text}`"))
        .or_else(|| lacks.map(|text| format!("wanted a body that lacks `{text}`")))
        .or_else(|| {
            let (name, value) = header?;
            Some(format!("wanted the header `{name}: {value}`, got `{}`", request.header(name).unwrap_or("none")))
        })
}

fn render(base: &Modes, api: Api, reply: &Reply, number: usize, body: &Value) -> Response {
    let modes = reply.modes().over(base);
    let stream = body["stream"] == Value::Bool(true);
    let request_id = format!("req_{number}");
    let marked = faults::marks(&modes);
    let mut response = if let Some(raw) = &reply.body {
        let content_type = if stream { "text/event-stream" } else { "application/json" };
        let mut parts = parts_of(raw);
        parts.extend(marked.then(|| Part::Bytes(MARKER.into())));
        Response::new(reply.status.unwrap_or(200), content_type, parts)
    } else if let Some(error) = reply.error.as_ref().filter(|_| !modes.fault(Fault::ErrorEvent)) {
        let status = reply.status.unwrap_or_else(|| status_of(error));
        Response::json(status, api.error(status, error, &request_id))
    } else {
        let model = reply.model.as_deref().unwrap_or(body["model"].as_str().unwrap_or("mock")).to_string();
        let with_usage = body["stream_options"]["include_usage"] == Value::Bool(true);
        let turn = Turn { reply, modes: &modes, number, model, with_usage, marked };
        let status = reply.status.unwrap_or(200);
        if stream { render_stream(api, &turn, status, &request_id) } else { render_body(api, &turn, status, &request_id) }
    };
    response.set_header(api.request_id(), &request_id);
    finish(response, &modes, &reply.headers, reply.delay_ms)
}

fn render_body(api: Api, turn: &Turn, status: u16, request_id: &str) -> Response {
    if turn.modes.fault(Fault::ErrorEvent) {
        let error = late_error(turn.reply);
        return Response::json(status, api.error(status_of(&error), &error, request_id));
    }
    Response::json(status, if api == Api::OpenAi { openai::body(turn) } else { anthropic::body(turn) })
}

fn render_stream(api: Api, turn: &Turn, status: u16, request_id: &str) -> Response {
    let mut events = if api == Api::OpenAi { openai::events(turn) } else { anthropic::events(turn) };
    if turn.modes.fault(Fault::Truncated) || turn.modes.fault(Fault::ErrorEvent) {
        events.retain(|event| event.stage != Stage::End);
    }
    if turn.modes.fault(Fault::ErrorEvent) {
        let error = late_error(turn.reply);
        events.truncate(events.len().div_ceil(2));
        let name = (api == Api::Anthropic).then_some("error");
        events.push(Event { name, data: api.error(status_of(&error), &error, request_id), stage: Stage::End });
    }
    let mut response = Response::new(status, "text/event-stream", sse::encode(&events, turn.modes));
    response.set_header("cache-control", "no-cache");
    response
}

/// The error that comes after a good status.
fn late_error(reply: &Reply) -> ErrorReply {
    let kind = || Some("overloaded_error".to_string());
    reply.error.clone().unwrap_or_else(|| ErrorReply {
        kind: kind(),
        message: Some("Overloaded".into()),
        ..ErrorReply::default()
    })
}

fn answer_page(base: &Modes, page: &Page) -> Response {
    let modes = page.modes().over(base);
    let mut parts = parts_of(&page.body);
    parts.extend(faults::marks(&modes).then(|| Part::Bytes(MARKER.into())));
    let response = Response::new(page.status.unwrap_or(200), "text/plain; charset=utf-8", parts);
    finish(response, &modes, &page.headers, page.delay_ms)
}

fn finish(mut response: Response, modes: &Modes, headers: &BTreeMap<String, String>, delay_ms: u64) -> Response {
    response.set_modes(modes);
    response.set_headers(headers);
    response.delay = Duration::from_millis(delay_ms);
    faults::apply(&mut response, &modes.faults);
    response
}
