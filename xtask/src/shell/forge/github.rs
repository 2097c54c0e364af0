//! GitHub's REST API, public or Enterprise.
//!
//! Source: <https://docs.github.com/en/rest/issues/comments>: to it, a comment on a pull request is one on an issue.

use super::{
    Forge, ForgeError, Posted,
    environment::Environment,
    http::{Answer, Http},
    retry::Patience,
};
use crate::data::event::PullRequest;
use anyhow::Result;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

/// As many as a page can have.
const PER_PAGE: usize = 100;
/// 20,000 comments: a thread that has more is not read to its end.
const PAGES_MAX: u32 = 200;
/// Who the token of a workflow writes as. It may not ask for its own name.
const ACTIONS_LOGIN: &str = "github-actions[bot]";

/// A repository on GitHub.
pub struct GitHub {
    http: Http,
    repository: String,
}

#[derive(Deserialize)]
struct Author {
    login: String,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    /// None of accounts that are gone.
    user: Option<Author>,
    #[serde(default)]
    body: Option<String>,
}

impl From<Comment> for Posted {
    fn from(comment: Comment) -> Posted {
        let author = comment.user.map(|user| user.login).unwrap_or_default();
        Posted { id: comment.id, author, body: comment.body.unwrap_or_default() }
    }
}

impl GitHub {
    /// A repository, as the user of a token.
    ///
    /// # Errors
    /// The token cannot be sent.
    pub fn new(environment: &Environment, patience: Patience) -> Result<GitHub> {
        Ok(GitHub { http: Http::new(environment, patience)?, repository: environment.repository.clone() })
    }

    fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{rest}", self.repository)
    }
}

fn parsed<T: DeserializeOwned>(path: &str, answer: &Answer) -> Result<T, ForgeError> {
    // serde's words would repeat what was received.
    serde_json::from_slice(&answer.body).map_err(|_| {
        ForgeError::Unreachable(format!("{path} answered with something that is not its JSON: look at GITHUB_API_URL"))
    })
}

impl Forge for GitHub {
    fn login(&self) -> Result<String, ForgeError> {
        match self.http.get("/user") {
            Ok(answer) => Ok(parsed::<Author>("/user", &answer)?.login),
            Err(ForgeError::ReadOnly(_)) => Ok(ACTIONS_LOGIN.into()),
            Err(error) => Err(error),
        }
    }

    fn pull_request(&self, number: u64) -> Result<PullRequest, ForgeError> {
        let path = self.path(&format!("pulls/{number}"));
        parsed(&path, &self.http.get(&path)?)
    }

    fn find(&self, number: u64, is_ours: &dyn Fn(&Posted) -> bool) -> Result<Option<Posted>, ForgeError> {
        let path = self.path(&format!("issues/{number}/comments"));
        for page in 1..=PAGES_MAX {
            // The address is our own: one from an answer could lead the token elsewhere.
            let answer = self.http.get(&format!("{path}?per_page={PER_PAGE}&page={page}"))?;
            let comments: Vec<Comment> = parsed(&path, &answer)?;
            let count = comments.len();
            if let Some(found) = comments.into_iter().map(Posted::from).find(|posted| is_ours(posted)) {
                return Ok(Some(found));
            }
            if count == 0 || !answer.has_next.unwrap_or(count == PER_PAGE) {
                return Ok(None);
            }
        }
        let most = PAGES_MAX as usize * PER_PAGE;
        Err(ForgeError::Refused(format!("{path} has more than {most} comments: nothing was posted, so as not to post twice")))
    }

    fn create(&self, number: u64, body: &str) -> Result<Posted, ForgeError> {
        let path = self.path(&format!("issues/{number}/comments"));
        let answer = self.http.post(&path, &json!({ "body": body }).to_string())?;
        // It was made, whatever the answer looks like.
        parsed::<Comment>(&path, &answer).map(Posted::from).map_err(|error| ForgeError::Unknown(error.to_string()))
    }

    fn update(&self, id: u64, body: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("issues/comments/{id}"));
        self.http.patch(&path, &json!({ "body": body }).to_string()).map(drop)
    }
}
