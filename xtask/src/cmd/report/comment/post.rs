//! One comment on one pull request: made once, then changed in place.

use super::{CommentArgs, head};
use crate::{
    data::{
        comment::{Comment, Name},
        event::{Event, PullRequest},
        exit::Failure,
    },
    report::comment::{body, is_marked, is_same},
    shell::forge::{Environment, Forge, ForgeError, GitHub, Patience, Posted},
};
use anyhow::{Context, Result};
use std::time::Duration;

/// What is said where the token may only read. It is no failure: nothing else is to be had on a fork's pull request.
const LATER: &str = "this token may not write: on a fork's pull request none may. The file comment.json is written; upload it, and the workflow on `workflow_run` \
posts it with `--from` (docs/reference/comment.md)";

/// Posts, and says what was done.
///
/// # Errors
/// The file does not belong to the pull request; the forge refuses or does not answer.
pub fn post(args: &CommentArgs, event: &Event, comment: &Comment) -> Result<String> {
    let is_ours = args.from.is_none();
    if is_ours && event.pull_request.as_ref().is_some_and(PullRequest::is_from_fork) && !can_write_to_forks() {
        return Ok(LATER.into());
    }
    let Some(number) = args.pull_request.or(comment.pull_request) else {
        return not_a_pull_request(is_ours);
    };
    let environment = Environment::new(args.api_url.as_deref(), args.repository.as_deref())?;
    let patience =
        Patience { second: Duration::from_millis(args.second_ms), timeout: Duration::from_millis(args.timeout_ms.max(1)) };
    let forge = GitHub::new(&environment, patience)?;
    if !is_ours {
        verify(args, event, comment, number, &forge)?;
    }
    match write(&forge, number, comment, args.author.as_deref()) {
        Ok(said) => Ok(said),
        Err(ForgeError::ReadOnly(said)) if is_ours => Ok(format!("{said}. Or {LATER}")),
        Err(error) => Err(Failure::from(error)).context("the comment was not posted"),
    }
}

/// `pull_request_target` runs with the base's rights.
fn can_write_to_forks() -> bool {
    std::env::var("GITHUB_EVENT_NAME").is_ok_and(|name| name == "pull_request_target")
}

fn not_a_pull_request(is_ours: bool) -> Result<String> {
    let is_workflow = std::env::var_os("GITHUB_EVENT_PATH").is_some();
    if is_ours && is_workflow {
        return Ok("the event is not of a pull request: nothing is posted".into());
    }
    Err(Failure::usage("cannot tell which pull request to post to: give --pull-request N").into())
}

/// Holds what the file says against what the event and the forge say: it may name a pull request that is not its own.
fn verify(args: &CommentArgs, event: &Event, comment: &Comment, number: u64, forge: &impl Forge) -> Result<()> {
    let refused = |why: String| Failure::usage(format!("the file was refused, and nothing was posted: {why}"));
    let expected = head(args, event)?.with_context(|| {
        refused("nobody says which commit it has to be of; run it on `workflow_run`, or give --head SHA".into())
    })?;
    if let Some(pull) = event.pull_request.as_ref().filter(|pull| pull.number != number) {
        return Err(refused(format!("it names pull request {number}, the event is of {}", pull.number)).into());
    }
    if comment.pull_request.is_some_and(|named| named != number) || comment.head.as_ref().is_some_and(|named| *named != expected)
    {
        return Err(refused(format!("it is not about commit {} of pull request {number}", expected.short())).into());
    }
    let pull = forge
        .pull_request(number)
        .map_err(Failure::from)
        .with_context(|| refused(format!("pull request {number}, which it names, could not be looked at")))?;
    if pull.number != number || pull.head.sha != expected {
        let (is, wanted) = (pull.head.sha.short(), expected.short());
        return Err(refused(format!(
            "pull request {number} is at {is} and not at {wanted}: it is forged, or there are newer commits"
        ))
        .into());
    }
    let run = event.workflow_run.as_ref().and_then(|run| run.head_repository.as_ref());
    if run.zip(pull.head.repo.as_ref()).is_some_and(|(run, head)| run != head) {
        return Err(refused(format!("pull request {number} comes from another repository than the run")).into());
    }
    Ok(())
}

/// Finds the comment and changes it, or makes it. Where nobody knows whether it was made, it is looked for once more.
fn write(forge: &impl Forge, number: u64, comment: &Comment, author: Option<&str>) -> Result<String, ForgeError> {
    let author = author.map_or_else(|| forge.login(), |author| Ok(author.to_string()))?;
    let (body, mut unknown) = (body(comment), None);
    let is_ours = |posted: &Posted| posted.author == author && is_marked(&posted.body);
    for _ in 0..2 {
        match forge.find(number, &is_ours)? {
            Some(posted) if is_same(&posted.body, &body) => return Ok("the comment says the same already".into()),
            Some(posted) => {
                forge.update(posted.id, &body)?;
                return Ok(format!("updated the comment on pull request {number}"));
            }
            None if comment.is_quiet() => return Ok("nothing changed and there is no comment: nothing is posted".into()),
            None => match forge.create(number, &body) {
                Ok(posted) if posted.author != author => return Ok(strange(&posted, &author)),
                Ok(_) => return Ok(format!("commented on pull request {number}")),
                Err(ForgeError::Unknown(said)) => unknown = Some(said),
                Err(error) => return Err(error),
            },
        }
    }
    Err(ForgeError::Unreachable(format!("{}; run it again later", unknown.unwrap_or_default())))
}

fn strange(posted: &Posted, wanted: &str) -> String {
    let (author, wanted) = (Name::of(&posted.author), Name::of(wanted));
    format!(
        "commented as {author}, and looked for comments of {wanted}: give --author '{author}', or the next run writes another"
    )
}
