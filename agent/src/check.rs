//! What `agent check` says: who answers, with which key, and what is granted.

use alloc::string::String;

use crate::provider::Provider;
use crate::setup::Setup;
use crate::show;
use crate::text;

/// The report, some lines. The key itself is not in it.
pub fn report(setup: &Setup) -> String {
    let mut out = String::new();
    line(&mut out, "config", &[setup.config_source.as_deref().unwrap_or("none, the defaults hold")]);
    match &setup.provider {
        Provider::Offline(script) => {
            line(&mut out, "provider", &[if script.is_some() { "offline, with a script of replies" } else { "offline" }]);
        }
        Provider::Remote(endpoint) => {
            line(&mut out, "provider", &[&endpoint.url.text()]);
            line(&mut out, "model", &[&endpoint.model]);
            match (&endpoint.key, &setup.key_source) {
                (Some(key), Some(source)) => {
                    line(&mut out, "key", &["...", key.hint(), " from ", source, ", sent to ", key.host(), " only"])
                }
                _ => line(&mut out, "key", &["none is sent"]),
            }
        }
    }
    let granted = &setup.capabilities.granted;
    for (label, list) in
        [("read", &granted.read), ("write", &granted.write), ("hosts", &granted.hosts), ("private", &granted.private)]
    {
        line(&mut out, label, &[&if list.is_empty() { "nothing is granted".into() } else { text::join(list, "  ") }]);
    }
    if granted.exec.is_empty() {
        line(&mut out, "exec", &["nothing is granted"]);
    }
    for argv in &granted.exec {
        let note = if cfg!(target_os = "wasi") { "  (not under WASI)" } else { "" };
        line(&mut out, "exec", &[&text::join(argv, " "), note]);
    }
    #[cfg(feature = "memory-flat")]
    if let Some(memory) = &setup.memory {
        line(&mut out, "memory", &[&memory.described(&setup.capabilities)]);
    }
    if setup.tools.is_empty() {
        line(&mut out, "tools", &["none: grant something in the configuration"]);
    } else {
        line(&mut out, "workspace", &[&setup.config.workspace]);
        line(&mut out, "tools", &[]);
        out.pop();
        for tool in &setup.tools {
            out.push_str(tool.name);
            out.push(' ');
        }
        out.pop();
        out.push('\n');
    }
    out
}

/// One line: the label in a column, then the parts.
fn line(out: &mut String, label: &str, parts: &[&str]) {
    out.push_str(label);
    for _ in label.len()..11 {
        out.push(' ');
    }
    out.push_str(&show::one_line(&text::join(parts, "")));
    out.push('\n');
}
