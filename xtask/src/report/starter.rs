//! What `cargo xtask init` writes: the smallest policy, and the lines that make `cargo xtask` work in another workspace.

use crate::data::policy::{POLICY_SCHEMA, Product};
use toml::{Table, Value};

/// The name of the alias, and so of the command.
const ALIAS: &str = "xtask";

/// The policy of one package.
pub fn policy(package: &str, product: Product, target: &str) -> String {
    let which = match product {
        Product::TheOnly => String::new(),
        Product::Bin(name) => format!("bin = {}\n", Value::from(name)),
        Product::Lib => "lib = true\n".into(),
    };
    format!(
        "# What `cargo xtask size` measures. The toolkit's docs/reference/policy.md explains each key.\nschema = {POLICY_SCHEMA}\n\n\
         [[subject]]\npackage = {}\n{which}\n\
         [[subject.matrix]]\ntargets = [{}]\nprofiles = [\"release\"]\nallocators = [\"default\"]\n",
        Value::from(package),
        Value::from(target)
    )
}

/// Where the toolkit lies and what it is to read: relative to the root of the workspace, with `/`.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The toolkit's root.
    pub toolkit: &'a str,
    /// The policy.
    pub policy: &'a str,
}

/// `.cargo/config.toml`: `cargo xtask` runs the toolkit with this workspace's policy, and the engines are built once for all workspaces.
///
/// `builds_for_host` is false where the configuration has a `build.target` that the tool itself must not be built for.
pub fn cargo_config(places: Places, builds_for_host: bool) -> String {
    let Places { toolkit, policy } = places;
    let manifest = format!("{toolkit}/Cargo.toml");
    let host: &[&str] = if builds_for_host { &[] } else { &["--target", "host-tuple"] };
    let rest = ["--manifest-path", &manifest, "--package", "xtask", "--bin", "xtask", "--"];
    // A list: cargo splits a string at blanks, which a path may have.
    let run: Vec<&str> = ["run", "--locked"].iter().chain(host).chain(&rest).copied().collect();
    format!(
        "[alias]\n{ALIAS} = {}\n\n[env]\nXTASK_POLICY = {{ value = {}, relative = true }}\nXTASK_HEAVY_TARGET_DIR = {{ value = {}, relative = true }}\n",
        Value::from(run),
        Value::from(policy),
        Value::from(format!("{toolkit}/target/xtask/heavy"))
    )
}

/// What a `.cargo/config.toml` that is there already means for ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Existing {
    /// `cargo xtask` is taken.
    pub has_alias: bool,
    /// Cargo builds for this machine where nobody says.
    pub builds_for_host: bool,
}

/// Reads a `.cargo/config.toml`.
///
/// # Errors
/// It is no TOML: the message of the parser.
pub fn existing(text: &str) -> Result<Existing, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let has = |table: &Table, outer: &str, inner: &str| table.get(outer).and_then(|value| value.get(inner)).is_some();
    Ok(Existing { has_alias: has(&table, "alias", ALIAS), builds_for_host: !has(&table, "build", "target") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::policy::Policy;

    #[test]
    fn the_policy_is_one_that_the_tool_reads() {
        for product in [Product::TheOnly, Product::Bin("other"), Product::Lib] {
            let parsed = Policy::parse(&policy("my-crate", product, "wasm32-wasip1")).unwrap();
            assert_eq!(parsed.subject[0].product(), product);
            assert_eq!(parsed.cells()[0].variant.to_string(), "my-crate/wasm32-wasip1/release/default");
        }
        assert!(Policy::parse(&policy("my-crate", Product::TheOnly, "x86_64-unknown-linux-gnu")).is_err());
    }

    #[test]
    fn the_configuration_has_the_alias_and_the_policy() {
        let places = Places { toolkit: "../a \"b\"", policy: "baselines/policy.toml" };
        let text = cargo_config(places, true);
        assert_eq!(existing(&text), Ok(Existing { has_alias: true, builds_for_host: true }));
        let table: Table = text.parse().unwrap();
        let words = table["alias"]["xtask"].as_array().unwrap();
        assert!(words.contains(&Value::from("../a \"b\"/Cargo.toml")), "{words:?}");
        assert_eq!(table["env"]["XTASK_POLICY"]["value"].as_str(), Some("baselines/policy.toml"));
        assert!(cargo_config(places, false).contains(r#""--target", "host-tuple""#));
        let for_wasm = existing("[build]\ntarget = \"wasm32-wasip2\"\n");
        assert_eq!(for_wasm, Ok(Existing { has_alias: false, builds_for_host: false }));
        assert!(existing("[").is_err());
    }
}
