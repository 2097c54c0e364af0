//! Which nested module is which, decided by what it imports and exports and never by its name or position.
//!
//! `wit-component` puts up to three kinds of core module in a component: the program; a shim with a table of
//! trampolines, exported as `$imports`, which breaks the cycle between lowered imports and the program's memory; and a
//! fixup that imports that table and fills it (`wit-component` 0.263, `src/encoding.rs`, `encode_shim_instantiation`).

use super::sections::{Container, Encoding};
use std::fmt;

/// What a module or component is to the component around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The file itself, when it is a component.
    File,
    /// The program: a file that is a core module, or the largest module that is no shim and no fixup.
    Main,
    /// Exports the table `$imports`.
    Shim,
    /// Imports the table `$imports`.
    Fixup,
    /// Another module, an adapter for one; its place among the modules beside it.
    Module(usize),
    /// A nested component; its place among the components beside it.
    Component(usize),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::File => f.write_str("component"),
            Role::Main => f.write_str("main"),
            Role::Shim => f.write_str("shim"),
            Role::Fixup => f.write_str("fixup"),
            Role::Module(ordinal) => write!(f, "module[{ordinal}]"),
            Role::Component(ordinal) => write!(f, "component[{ordinal}]"),
        }
    }
}

/// The role of each container of [`super::sections::walk`], in the same order.
///
/// Within one component at most one module is main, one shim and one fixup, the first that qualifies; so that a role
/// names one module.
pub fn roles(containers: &[Container]) -> Vec<Role> {
    let mut roles: Vec<Role> = containers.iter().map(first_guess).collect();
    for (index, container) in containers.iter().enumerate() {
        if container.encoding == Encoding::CoreModule && container.parent.is_some() {
            continue;
        }
        let children: Vec<usize> = modules_in(containers, index);
        for (role, qualifies) in [
            (Role::Shim, (|c| c.facts.exports_import_table) as fn(&Container) -> bool),
            (Role::Fixup, |c| c.facts.imports_import_table && !c.facts.exports_import_table),
        ] {
            if let Some(&child) = children.iter().find(|&&child| qualifies(&containers[child])) {
                roles[child] = role;
            }
        }
        let rest = children.into_iter().filter(|&child| matches!(roles[child], Role::Module(_)));
        // `max_by_key` takes the last of equals; the key makes it the first.
        if let Some(main) = rest.max_by_key(|&child| (containers[child].range.len(), usize::MAX - child)) {
            roles[main] = Role::Main;
        }
    }
    roles
}

/// The module whose code a twin explains: the largest one that is main; `None` if the file has no such module.
pub fn main_module(containers: &[Container]) -> Option<usize> {
    let roles = roles(containers);
    (0..containers.len())
        .filter(|&index| roles[index] == Role::Main)
        .max_by_key(|&index| (containers[index].range.len(), usize::MAX - index))
}

/// Where each container stands, as the head of a path: `component`, `main`, `component[0]/shim`.
///
/// The file itself is left out of the paths below it.
pub fn places(containers: &[Container]) -> Vec<String> {
    let mut places: Vec<String> = Vec::with_capacity(containers.len());
    for (container, role) in containers.iter().zip(roles(containers)) {
        // Parents come first in file order.
        places.push(match container.parent {
            Some(parent) if containers[parent].parent.is_some() => format!("{}/{role}", places[parent]),
            _ => role.to_string(),
        });
    }
    places
}

fn first_guess(container: &Container) -> Role {
    match (container.encoding, container.parent) {
        (Encoding::CoreModule, None) => Role::Main,
        (Encoding::Component, None) => Role::File,
        (Encoding::CoreModule, Some(_)) => Role::Module(container.ordinal),
        (Encoding::Component, Some(_)) => Role::Component(container.ordinal),
    }
}

fn modules_in(containers: &[Container], parent: usize) -> Vec<usize> {
    let children = containers.iter().enumerate().skip(parent + 1);
    // Everything inside of a container follows it directly, and ends with the first that begins behind its end.
    children
        .take_while(|(_, child)| child.range.start < containers[parent].range.end)
        .filter(|(_, child)| child.parent == Some(parent) && child.encoding == Encoding::CoreModule)
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sections::walk;

    fn places_of(text: &str) -> Vec<String> {
        places(&walk(&wat::parse_str(text).unwrap(), |_| {}).unwrap())
    }

    #[test]
    fn shim_and_fixup_are_known_by_the_import_table() {
        let places = places_of(
            r#"(component
                (core module (table (export "$imports") 1 funcref) (func) (func) (func) (func) (func) (func) (func))
                (core module (import "" "$imports" (table 1 funcref)) (@custom "long" "xxxxxxxxxxxxxxxxxxxxxxxxxx"))
                (core module)
                (core module (func)))"#,
        );
        assert_eq!(places, ["component", "shim", "fixup", "module[2]", "main"]);
    }

    #[test]
    fn a_core_module_is_main_even_if_it_exports_an_import_table() {
        assert_eq!(places_of(r#"(module (table (export "$imports") 1 funcref))"#), ["main"]);
    }

    #[test]
    fn each_nested_component_has_its_own_main() {
        let text =
            "(component (component (core module) (component (core module (func)))) (component (core module)) (core module))";
        assert_eq!(
            places_of(text),
            [
                "component",
                "component[0]",
                "component[0]/main",
                "component[0]/component[0]",
                "component[0]/component[0]/main",
                "component[1]",
                "component[1]/main",
                "main"
            ]
        );
        let containers = walk(&wat::parse_str(text).unwrap(), |_| {}).unwrap();
        assert_eq!(main_module(&containers), Some(4), "the largest main of the file");
    }

    #[test]
    fn equal_modules_and_a_second_shim_do_not_share_a_role() {
        let shim = r#"(core module (table (export "$imports") 1 funcref))"#;
        assert_eq!(
            places_of(&format!("(component {shim} {shim} (core module) (core module))")),
            ["component", "shim", "main", "module[2]", "module[3]"],
            "the second shim is the largest of the rest"
        );
        assert_eq!(places_of("(component (core module) (core module))"), ["component", "main", "module[1]"]);
    }
}
