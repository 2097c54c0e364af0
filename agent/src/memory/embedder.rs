//! What makes vectors of texts: the words themselves, or a server.

#[cfg(feature = "openai")]
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use agent_memory::embed::lexical;

use super::lexical_vector;
use crate::effects::Host;
use crate::failure::Failure;
#[cfg(feature = "openai")]
use crate::provider::{Endpoint, embeddings};

/// See the module.
#[derive(Debug, Clone)]
pub enum Embedder {
    /// Words and parts of words, offline.
    Lexical,
    /// A server that speaks the OpenAI API.
    #[cfg(feature = "openai")]
    Remote {
        /// The server, with the model.
        endpoint: Box<Endpoint>,
        /// How many it is asked for.
        dimensions: Option<usize>,
    },
}

impl Embedder {
    /// The name under which a file knows whose vectors it has.
    pub fn name(&self) -> String {
        match self {
            Embedder::Lexical => lexical::IDENTITY.name.into(),
            #[cfg(feature = "openai")]
            Embedder::Remote { endpoint, .. } => crate::text::fill("openai/{}", &[&endpoint.model]),
        }
    }

    /// How many dimensions its vectors have, where that is known beforehand.
    pub fn dimensions(&self) -> Option<usize> {
        match self {
            Embedder::Lexical => Some(lexical::IDENTITY.dimensions),
            #[cfg(feature = "openai")]
            Embedder::Remote { dimensions, .. } => *dimensions,
        }
    }

    /// The vectors of the texts, in their order.
    #[cfg_attr(not(feature = "openai"), allow(unused_variables, reason = "only a server is reached through the host"))]
    pub fn embed<H: Host>(&self, texts: &[&str], host: &mut H) -> Result<Vec<Vec<f32>>, Failure> {
        match self {
            Embedder::Lexical => texts.iter().map(|text| lexical_vector(text)).collect(),
            #[cfg(feature = "openai")]
            Embedder::Remote { endpoint, dimensions } => embeddings::embed(endpoint, texts, *dimensions, host),
        }
    }
}
