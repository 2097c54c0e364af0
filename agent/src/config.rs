//! The configuration: one JSON object, each key optional. A key that is unknown, given twice or of the wrong type is an error that names the
//! key, the line and the column.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroUsize;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::message::without_bom;

/// The largest configuration file that is read.
pub const MAX_CONFIG_BYTES: usize = 64 * 1024;

/// The providers that a configuration can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderName {
    /// `offline`: see [`crate::provider::Offline`].
    Offline,
}

/// What a run is configured to do. `agent --help` lists the keys.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// `provider`: who answers. Default: offline.
    pub provider: ProviderName,
    /// `system`: the system prompt. Default: none.
    pub system: Option<String>,
    /// `replies`: the script of the offline provider. Default: none, it describes the conversation.
    pub replies: Option<Vec<String>>,
    /// `max_message_bytes`: the longest message accepted, counted as it is given. Default: 64 KiB.
    pub max_message_bytes: usize,
    /// `max_session_bytes`: the largest session file that is read. Default: 4 MiB.
    pub max_session_bytes: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            provider: ProviderName::Offline,
            system: None,
            replies: None,
            max_message_bytes: 64 * 1024,
            max_session_bytes: 4 * 1024 * 1024,
        }
    }
}

impl Config {
    /// Reads a configuration file. A byte order mark in front is dropped. The error is what is wrong and where.
    pub fn decode(bytes: &[u8]) -> Result<Config, String> {
        let text = core::str::from_utf8(without_bom(bytes)).map_err(|_| String::from("it is not UTF-8"))?;
        // Not `from_str`: one kind of reader in the whole program is thousands of bytes less than two.
        serde_json::from_slice(text.as_bytes()).map_err(|error| alloc::string::ToString::to_string(&error))
    }
}

// By hand and not derived: a derived reader's error for a wrong type does not say which key it was.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Config, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Config;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with the keys of a configuration")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let (mut provider, mut system, mut replies, mut message_bytes, mut session_bytes) = (None, None, None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "provider" => set(&mut provider, &key, &mut map)?,
                "system" => set(&mut system, &key, &mut map)?,
                "replies" => set(&mut replies, &key, &mut map)?,
                "max_message_bytes" => set(&mut message_bytes, &key, &mut map)?,
                "max_session_bytes" => set(&mut session_bytes, &key, &mut map)?,
                _ => return Err(Error::custom(format_args!("unknown key {key:?}"))),
            }
        }
        let default = Config::default();
        Ok(Config {
            provider: provider.unwrap_or(default.provider),
            system,
            replies,
            max_message_bytes: message_bytes.map_or(default.max_message_bytes, NonZeroUsize::get),
            max_session_bytes: session_bytes.map_or(default.max_session_bytes, NonZeroUsize::get),
        })
    }
}

/// Reads the value of `key` into `slot`. serde_json keeps the place of `error` when its text is wrapped: it finds it at the end of the text.
fn set<'de, T: Deserialize<'de>, A: MapAccess<'de>>(slot: &mut Option<T>, key: &str, map: &mut A) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(Error::custom(format_args!("`{key}` is given twice")));
    }
    let value = map.next_value().map_err(|error| Error::custom(format_args!("`{key}`: {error}")))?;
    *slot = Some(value);
    Ok(())
}

impl<'de> Deserialize<'de> for ProviderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ProviderName, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "offline" => Ok(ProviderName::Offline),
            other => Err(Error::custom(format_args!("there is no provider {other:?}, only \"offline\""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn refused(text: &str) -> String {
        Config::decode(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn an_empty_object_is_the_default() {
        assert_eq!(Config::decode(b"{}"), Ok(Config::default()));
        assert_eq!(Config::decode(b"\xEF\xBB\xBF {}\r\n"), Ok(Config::default()));
    }

    #[test]
    fn every_key_is_read() {
        let text =
            r#"{"provider": "offline", "system": "s", "replies": ["a", "b"], "max_message_bytes": 10, "max_session_bytes": 20}"#;
        let wanted = Config {
            provider: ProviderName::Offline,
            system: Some("s".to_string()),
            replies: Some(vec!["a".to_string(), "b".to_string()]),
            max_message_bytes: 10,
            max_session_bytes: 20,
        };
        assert_eq!(Config::decode(text.as_bytes()), Ok(wanted));
    }

    #[test]
    fn a_wrong_type_names_the_key_and_the_place() {
        assert_eq!(
            refused("{\n  \"system\": \"s\",\n  \"max_message_bytes\": \"10\"\n}"),
            "`max_message_bytes`: invalid type: string \"10\", expected a nonzero usize at line 3 column 27"
        );
        for (text, key) in [
            (r#"{"system": null}"#, "`system`: invalid type: null"),
            (r#"{"replies": "a"}"#, "`replies`: invalid type: string"),
            (r#"{"replies": [1]}"#, "`replies`: invalid type: integer"),
            (r#"{"max_session_bytes": 0}"#, "`max_session_bytes`: invalid value: integer `0`"),
            (r#"{"max_session_bytes": -1}"#, "`max_session_bytes`: invalid value: integer `-1`"),
            (r#"{"max_session_bytes": 1.5}"#, "`max_session_bytes`: invalid type: floating point"),
            (r#"{"provider": 1}"#, "`provider`: invalid type: integer"),
        ] {
            let said = refused(text);
            assert!(said.starts_with(key) && said.contains(" at line 1 column "), "{text}: {said}");
        }
    }

    #[test]
    fn unknown_and_repeated_keys_and_providers_are_refused_with_their_place() {
        let said = refused("{\n\"modle\": 1}");
        assert!(said.starts_with("unknown key \"modle\" at line 2 column "), "{said}");
        let said = refused(r#"{"system": "a", "system": "b"}"#);
        assert!(said.starts_with("`system` is given twice at line 1 column "), "{said}");
        let said = refused(r#"{"provider": "openai"}"#);
        assert!(said.starts_with("`provider`: there is no provider \"openai\", only \"offline\" at line 1 column "), "{said}");
    }

    #[test]
    fn what_is_not_one_json_object_is_refused() {
        assert!(refused("").contains("line 1 column 0"));
        assert!(refused("{").contains("line 1 column 1"));
        assert!(refused("{} x").contains("trailing characters"));
        assert!(refused("[]").contains("expected an object with the keys of a configuration"));
        assert_eq!(Config::decode(b"{\"system\": \"\xFF\"}"), Err("it is not UTF-8".to_string()));
        assert_eq!(Config::decode(b"\xFF\xFE{\0}\0"), Err("it is not UTF-8".to_string()));
    }
}
