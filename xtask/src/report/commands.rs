//! The reference of the command line, from the command line's own definition: `docs/reference/commands.md`.

use super::table::{Column, Form, Grid};
use clap::{Arg, ArgAction, Command};
use std::fmt::Write;

/// What stands above the commands.
const HEAD: &str = "# Commands\n\n<!-- Generated: UPDATE_COMMANDS=1 cargo test -p xtask --bin xtask -->\n\n\
`cargo xtask COMMAND --help` says the same. The exit codes of all commands are in [exit-codes.md](exit-codes.md).\n\n\
| variable | names |\n| --- | --- |\n\
| `XTASK_POLICY` | the policy where `--policy` does not; else it is `baselines/policy.toml` of the tool's own workspace |\n\
| `XTASK_HEAVY_TARGET_DIR` | where the engines and the embedded optimizer are built, so that clones can share them; else `target/xtask/heavy` |\n\
| `XTASK_RUNNER_DIR` | a folder with runners that are built already: none is built then |\n\
| `CARGO_TARGET_DIR` | the target folder, as for cargo |\n\n\
What `report comment` reads besides is in [comment.md](comment.md).\n";

/// The text of the file: every command that is not hidden, in the order of `--help`.
pub fn markdown(cli: &Command) -> String {
    let mut cli = cli.clone();
    // Fills in the usage lines and the arguments that parents hand on.
    cli.build();
    let mut text = HEAD.to_string();
    for command in shown(&cli) {
        section(&mut text, command, cli.get_bin_name().unwrap_or_default(), 2);
    }
    text
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help")
}

fn section(text: &mut String, command: &Command, parent: &str, depth: usize) {
    let name = format!("{parent} {}", command.get_name());
    let _ = write!(text, "\n{} {name}\n\n", "#".repeat(depth));
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let _ = write!(text, "{}\n\n```text\n{}\n```\n", prose(&about), usage(command, &name));
    text.push_str(&arguments(command));
    text.push_str(&after(command));
    for command in shown(command) {
        section(text, command, &name, depth + 1);
    }
}

/// `cargo xtask size [OPTIONS]`, in one line.
fn usage(command: &Command, name: &str) -> String {
    let said = command.clone().render_usage().to_string();
    let said = said.trim_start_matches("Usage:").split_whitespace().collect::<Vec<_>>().join(" ");
    // A command with subcommands and arguments of its own has a line each.
    let lines: Vec<&str> = said.split(name).map(str::trim).filter(|rest| !rest.is_empty()).collect();
    match lines.is_empty() {
        true => name.to_string(),
        false => lines.iter().map(|rest| format!("{name} {rest}")).collect::<Vec<_>>().join("\n"),
    }
}

fn arguments(command: &Command) -> String {
    let mut grid = Grid::new(&[("argument", Column::Name), ("default", Column::Name), ("meaning", Column::Text)]);
    for argument in command.get_arguments().filter(|one| !one.is_hide_set() && !is_built_in(one)) {
        grid.row([written(argument), default(argument), meaning(argument)]);
    }
    if grid.is_empty() { String::new() } else { format!("\n{}", grid.render(Form::Markdown)) }
}

fn is_built_in(argument: &Arg) -> bool {
    ["help", "version"].contains(&argument.get_id().as_str())
}

/// `-j, --jobs <N>`: how it is written on the command line.
fn written(argument: &Arg) -> String {
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let names = argument.get_value_names().unwrap_or_default();
    let is_optional = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
    let values: Vec<String> = names.iter().map(|name| if is_optional { format!("[{name}]") } else { name.to_string() }).collect();
    let more = if matches!(argument.get_num_args(), Some(count) if count.max_values() > 1) { "..." } else { "" };
    let flags = [argument.get_short().map(|short| format!("-{short}")), argument.get_long().map(|long| format!("--{long}"))];
    let flags = flags.into_iter().flatten().collect::<Vec<_>>().join(", ");
    match (flags.is_empty(), takes_value) {
        (true, _) => values.join(" ") + more,
        (false, true) => format!("{flags} {}{more}", values.join(" ")),
        (false, false) => flags,
    }
}

fn default(argument: &Arg) -> String {
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let values = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
    if takes_value { values.collect::<Vec<_>>().join(" ") } else { String::new() }
}

/// What it means, and what it may be where that is a list.
fn meaning(argument: &Arg) -> String {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let possible: Vec<String> = match takes_value {
        true => argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect(),
        false => Vec::new(),
    };
    if possible.is_empty() { help } else { format!("{}. One of {}.", help.trim_end_matches('.'), possible.join(", ")) }
}

/// Exit status and examples.
fn after(command: &Command) -> String {
    let said = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut text = String::new();
    for part in said.split("\n\n").map(str::trim).filter(|part| !part.is_empty()) {
        let _ = match part.strip_prefix("Examples:\n").or(part.strip_prefix("Example:\n")) {
            Some(examples) => {
                let lines: Vec<&str> = examples.lines().map(str::trim).collect();
                write!(text, "\n```sh\n{}\n```\n", lines.join("\n"))
            }
            None => write!(text, "\n{}\n", prose(part)),
        };
    }
    text
}

/// Words of the help as a paragraph: what would be a tag is written as it is read.
fn prose(said: &str) -> String {
    let paragraphs = said.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let paragraphs = paragraphs.map(|part| if part.is_empty() || part.ends_with(['.', ':']) { part } else { part + "." });
    paragraphs.collect::<Vec<_>>().join("\n\n").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Parser, Subcommand, ValueEnum};

    /// A tool.
    #[derive(Parser)]
    #[command(name = "cargo tool", bin_name = "cargo tool")]
    struct Tool {
        #[command(subcommand)]
        command: Which,
    }

    #[derive(Subcommand)]
    enum Which {
        /// Weigh a file
        ///
        /// It is read whole.
        #[command(after_help = "Exit status: 0 done.\n\nExamples:\n  cargo tool weigh a")]
        Weigh {
            /// The file
            #[arg(value_name = "FILE", required = true)]
            files: Vec<String>,
            /// The scales | what they are.
            #[arg(short, long, value_enum, default_value = "fine")]
            scales: Scales,
            /// Read only.
            #[arg(long)]
            check: bool,
            #[arg(long, hide = true)]
            secret: bool,
        },
        #[command(hide = true)]
        Hidden,
    }

    #[derive(Clone, ValueEnum)]
    enum Scales {
        Fine,
        Coarse,
    }

    #[test]
    fn a_command_has_what_its_help_has() {
        let text = markdown(&<Tool as clap::CommandFactory>::command());
        insta::assert_snapshot!(text.strip_prefix(HEAD).unwrap(), @r"

        ## cargo tool weigh

        Weigh a file.

        It is read whole.

        ```text
        cargo tool weigh [OPTIONS] <FILE>...
        ```

        | argument | default | meaning |
        | --- | --- | --- |
        | `FILE...` |  | The file |
        | `-s, --scales SCALES` | `fine` | The scales \| what they are. One of `fine`, `coarse`. |
        | `--check` |  | Read only |

        Exit status: 0 done.

        ```sh
        cargo tool weigh a
        ```
        ");
    }
}
