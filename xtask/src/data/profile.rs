//! A profile of a policy: how variants are compiled that cargo's own profile alone does not say.

use serde::Deserialize;

/// `[profile.tiny]`: a toolchain of its own, the standard library compiled from source, flags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// The rustup toolchain to build with: one that never changes, such as `nightly-2026-05-21`.
    pub toolchain: Option<String>,
    /// Cargo's profile; without it the one of the same name.
    pub cargo_profile: Option<String>,
    /// The crates of the standard library to compile from source, for `-Zbuild-std`.
    #[serde(default)]
    pub build_std: Vec<String>,
    /// Their features, for `-Zbuild-std-features`.
    #[serde(default)]
    pub build_std_features: Vec<String>,
    /// Flags for rustc, after the subject's.
    #[serde(default)]
    pub rustflags: Vec<String>,
}

impl Profile {
    /// The flags that cargo needs to compile the standard library; none where it is the toolchain's own.
    pub fn build_std_flags(&self) -> Vec<String> {
        let flag = |name: &str, values: &[String]| (!values.is_empty()).then(|| format!("-Z{name}={}", values.join(",")));
        [flag("build-std", &self.build_std), flag("build-std-features", &self.build_std_features)].into_iter().flatten().collect()
    }

    /// Checks it on its own; `name` is its key.
    ///
    /// # Errors
    /// One message that names the key and the cure.
    pub fn check(&self, name: &str) -> Result<(), String> {
        match &self.toolchain {
            Some(toolchain) if !is_pinned(toolchain) => Err(format!(
                "profile.{name}: the toolchain `{toolchain}` changes by the day: name one that does not, such as `nightly-2026-05-21`"
            )),
            None if !self.build_std.is_empty() => {
                Err(format!("profile.{name}: `build-std` needs a nightly: name one by `toolchain = \"nightly-YYYY-MM-DD\"`"))
            }
            _ if self.build_std.is_empty() && !self.build_std_features.is_empty() => {
                Err(format!("profile.{name}: `build-std-features` are of what `build-std` names, which is nothing"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a toolchain's name stands for one compiler for ever: `nightly-2026-05-21` or `1.96.0`.
fn is_pinned(toolchain: &str) -> bool {
    let shaped = |text: &str, separator: char, lengths: &[usize]| {
        let numbers: Vec<&str> = text.split(separator).collect();
        let fits = |(number, length): (&&str, &usize)| (*length == 0 || number.len() == *length) && !number.is_empty();
        numbers.len() == lengths.len()
            && numbers.iter().zip(lengths).all(fits)
            && numbers.concat().bytes().all(|byte| byte.is_ascii_digit())
    };
    let date = toolchain.strip_prefix("nightly-").or_else(|| toolchain.strip_prefix("beta-"));
    date.is_some_and(|date| shaped(date, '-', &[4, 2, 2])) || shaped(toolchain, '.', &[0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_toolchains_that_never_change_are_taken() {
        for name in ["nightly-2026-05-21", "beta-2026-05-21", "1.96.0"] {
            assert!(is_pinned(name), "{name}");
        }
        for name in
            ["nightly", "stable", "beta", "1.96", "nightly-2026-5-21", "nightly-", "nightly-2026-05-2x", "", "--help", "1..0"]
        {
            assert!(!is_pinned(name), "{name}");
        }
    }

    #[test]
    fn the_flags_of_cargo() {
        let profile: Profile =
            toml::from_str("build-std = [\"std\", \"panic_abort\"]\nbuild-std-features = [\"optimize_for_size\"]").unwrap();
        assert_eq!(profile.build_std_flags(), ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        assert!(profile.check("tiny").unwrap_err().contains("needs a nightly"));
        assert!(Profile::default().build_std_flags().is_empty());
        let bare: Profile = toml::from_str("build-std-features = [\"x\"]").unwrap();
        assert!(bare.check("tiny").unwrap_err().contains("which is nothing"));
    }
}
