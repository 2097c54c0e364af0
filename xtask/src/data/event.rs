//! What started a workflow, as far as a comment needs it: the file that `GITHUB_EVENT_PATH` names.
//!
//! Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>, `pull_request` and `workflow_run`.

use super::comment::Commit;
use serde::Deserialize;

/// An event. What other events have is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Of `pull_request` and `pull_request_target`.
    #[serde(default)]
    pub pull_request: Option<PullRequest>,
    /// Of `workflow_run`: the run that has ended.
    #[serde(default)]
    pub workflow_run: Option<WorkflowRun>,
}

/// A pull request, in an event or as the API gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// What it wants to bring.
    pub head: Side,
    /// Where to.
    pub base: Side,
}

/// One side of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Side {
    /// The commit.
    pub sha: Commit,
    /// Its repository: none where a fork was deleted.
    #[serde(default)]
    pub repo: Option<Repository>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// `owner/name`.
    pub full_name: String,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WorkflowRun {
    /// The commit that it was for.
    pub head_sha: Commit,
    /// Whose commit that is.
    #[serde(default)]
    pub head_repository: Option<Repository>,
}

impl PullRequest {
    /// Whether it comes from another repository: its jobs have a token that may only read.
    pub fn is_from_fork(&self) -> bool {
        match (&self.head.repo, &self.base.repo) {
            (Some(head), Some(base)) => head != base,
            _ => true,
        }
    }
}

impl Event {
    /// The commit that a comment has to be about.
    pub fn head(&self) -> Option<&Commit> {
        let of_run = self.workflow_run.as_ref().map(|run| &run.head_sha);
        of_run.or_else(|| self.pull_request.as_ref().map(|pull| &pull.head.sha))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(head: &str, base: &str) -> PullRequest {
        let sha = "1".repeat(40);
        let text =
            format!(r#"{{"number":7,"head":{{"sha":"{sha}","repo":{head}}},"base":{{"sha":"{sha}","repo":{base}}},"x":1}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_fork_is_another_repository_or_none_any_more() {
        let (ours, theirs) = (r#"{"full_name":"a/b","id":1}"#, r#"{"full_name":"c/b"}"#);
        assert!(!pull(ours, ours).is_from_fork());
        assert!(pull(theirs, ours).is_from_fork() && pull("null", ours).is_from_fork());
    }

    #[test]
    fn the_commit_of_a_run_that_ended_goes_before_all() {
        let event: Event = serde_json::from_str(&format!(r#"{{"workflow_run":{{"head_sha":"{}"}}}}"#, "2".repeat(40))).unwrap();
        assert_eq!(event.head().unwrap().short(), "222222222222");
        assert_eq!(serde_json::from_str::<Event>(r#"{"ref":"main"}"#).unwrap(), Event::default());
    }
}
