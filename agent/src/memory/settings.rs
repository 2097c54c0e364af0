//! The key `memory` of the configuration.

use alloc::string::String;

use agent_memory::vector::MAX_DIMENSIONS;

use crate::json::Json;
use crate::session::Name;
use crate::text;

/// What makes the vectors.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum EmbedderName {
    /// `lexical`, which needs no network.
    #[default]
    Lexical,
    /// `provider`, the one that answers.
    Provider,
}

/// Where memories are kept and how they are found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `store`: the name of the memory.
    pub store: Name,
    /// `embedder`.
    pub embedder: EmbedderName,
    /// `model`: that of the provider's embeddings.
    pub model: Option<String>,
    /// `dimensions`: how many the provider is asked for.
    pub dimensions: Option<usize>,
    /// `exact`: a new file keeps the vectors as they were given, too, and what is found is ordered by them.
    pub exact: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            store: Name::of_default_memory(),
            embedder: EmbedderName::default(),
            model: None,
            dimensions: None,
            exact: false,
        }
    }
}

impl Settings {
    /// Reads the object. The error says where in the text it is and what.
    pub fn decode(json: Json<'_>) -> Result<Settings, (Json<'_>, String)> {
        let mut settings = Settings::default();
        for (position, (key, value)) in json.members().enumerate() {
            let name = key.text().unwrap_or_default();
            if json.members().take(position).any(|(earlier, _)| earlier.is(&name)) {
                return Err((key, text::fill("\"{}\" is given twice", &[&name])));
            }
            let wanted = match settings.set(&name, value) {
                Some(wanted) => wanted,
                None => return Err((key, text::fill("unknown key \"{}\"", &[&name]))),
            };
            if !wanted.is_empty() {
                return Err((value, text::fill("\"{}\" must be {}", &[&name, wanted])));
            }
        }
        let is_lexical = settings.embedder == EmbedderName::Lexical;
        let wrong = match () {
            () if !json.is_object() => "it must be an object",
            () if is_lexical && (settings.model.is_some() || settings.dimensions.is_some()) => {
                "\"model\" and \"dimensions\" go with the embedder \"provider\""
            }
            () if !is_lexical && settings.model.is_none() => "the embedder \"provider\" needs the \"model\" of the embeddings",
            () => return Ok(settings),
        };
        Err((json, wrong.into()))
    }

    /// What the value should have been, empty if it is good; nothing, if there is no such key.
    fn set(&mut self, name: &str, value: Json<'_>) -> Option<&'static str> {
        match name {
            "store" => match value.text().and_then(Name::new) {
                Some(name) => self.store = name,
                None => return Some("1 to 64 of A-Z a-z 0-9 . _ - and start with no . or -"),
            },
            "embedder" => match value.text().as_deref() {
                Some("lexical") => self.embedder = EmbedderName::Lexical,
                Some("provider") => self.embedder = EmbedderName::Provider,
                _ => return Some("\"lexical\" or \"provider\""),
            },
            "model" => match value.text().filter(|model| (1..=200).contains(&model.len())) {
                Some(model) => self.model = Some(model),
                None => return Some("a string of 1 to 200 bytes"),
            },
            "dimensions" => {
                let number = value.number().and_then(|number| usize::try_from(number).ok());
                match number.filter(|number| (1..=MAX_DIMENSIONS).contains(number)) {
                    Some(number) => self.dimensions = Some(number),
                    None => return Some("a whole number from 1 to 4096"),
                }
            }
            "exact" => match value.truth() {
                Some(exact) => self.exact = exact,
                None => return Some("true or false"),
            },
            _ => return None,
        }
        Some("")
    }
}
