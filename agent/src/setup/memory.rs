//! From the configuration to a memory: which file, whose vectors.

use super::{Overrides, declared, endpoint, read_config, usage};
use crate::capability::{Access, Capabilities};
use crate::config::{Config, ProviderName};
use crate::effects::Host;
use crate::failure::Failure;
use crate::memory::{Embedder, EmbedderName, Memory, Settings};
use crate::provider::{Api, Endpoint, Provider};
use crate::redact::Redactor;
use crate::session::Name;

/// What `agent memory` works with.
#[derive(Debug)]
pub struct Setup {
    /// What is remembered.
    pub memory: Memory,
    /// Takes keys out of what is to be remembered.
    pub redactor: Redactor,
}

impl Setup {
    /// Reads the configuration. That there is no key, or no provider with embeddings, is an error only where one is needed. `store` stands in the place of the configured name.
    pub fn new(overrides: Overrides, store: Option<Name>, host: &mut impl Host) -> Result<Setup, Failure> {
        let (mut config, _) = read_config(overrides.config.as_deref(), host)?;
        config.provider = overrides.provider.unwrap_or(config.provider);
        let capabilities = Capabilities { declared: declared()?, granted: core::mem::take(&mut config.grant) };
        let mut settings = config.memory.take().unwrap_or_default();
        settings.store = store.unwrap_or(settings.store);
        // That of the conversation is not asked, so it need not be named.
        config.model = Some(overrides.model.or(config.model).unwrap_or_default());
        let api = match config.provider {
            ProviderName::Offline => None,
            ProviderName::OpenAi => Some(Api::OpenAi),
            ProviderName::Anthropic => Some(Api::Anthropic),
        };
        let endpoint = api.map(|api| endpoint(api, &config, &capabilities, &mut None, host)).transpose();
        let redactor = match &endpoint {
            Ok(Some(Endpoint { key: Some(key), .. })) => Redactor::new(key.secret()),
            _ => Redactor::default(),
        };
        let embedder = endpoint.and_then(|endpoint| embedder(&settings, endpoint.as_ref()));
        let embedder = if settings.embedder == EmbedderName::Lexical { Ok(Embedder::Lexical) } else { embedder };
        Ok(Setup { memory: Memory::new(settings, embedder), redactor })
    }
}

/// The memory of a conversation, where it is configured or granted.
pub(super) fn of(config: &Config, capabilities: &Capabilities, provider: &Provider) -> Result<Option<Memory>, Failure> {
    if config.memory.is_none() && !capabilities.allows_memory(Access::Read) {
        return Ok(None);
    }
    let settings = config.memory.clone().unwrap_or_default();
    let endpoint = match provider {
        Provider::Remote(endpoint) => Some(endpoint),
        Provider::Offline(_) => None,
    };
    let embedder = embedder(&settings, endpoint)?;
    Ok(Some(Memory::new(settings, Ok(embedder))))
}

fn embedder(settings: &Settings, endpoint: Option<&Endpoint>) -> Result<Embedder, Failure> {
    if settings.embedder == EmbedderName::Lexical {
        return Ok(Embedder::Lexical);
    }
    #[cfg(feature = "openai")]
    if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.api == Api::OpenAi) {
        let url = endpoint.api.embeddings_url(endpoint.url.clone());
        let model = settings.model.clone().unwrap_or_default();
        let endpoint = Endpoint { url, model, stream: false, ..endpoint.clone() };
        return Ok(Embedder::Remote { endpoint: alloc::boxed::Box::new(endpoint), dimensions: settings.dimensions });
    }
    let name = match endpoint {
        None => "offline",
        Some(endpoint) if endpoint.api == Api::Anthropic => "anthropic",
        Some(_) => "of this build",
    };
    Err(usage("the provider {} has no embeddings: set embedder to \"lexical\" in memory, or use the provider openai", &[name]))
}
