//! The locals of a function whose every occurrence is known to be the local.

use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use syn::{
    Expr, ExprCall, ExprPath, FieldPat, FieldValue, File, Ident, ImplItemFn, ItemFn, Member, Pat, PatIdent,
    visit::{self, Visit},
};

/// Local -> where it stands, in order, of the function at `range` of `text`. Left out is a name that also stands where it is something else: a field, a
/// method, a function, or inside a macro, where nobody knows.
pub fn locals(text: &str, range: Range<usize>, look: impl Fn(&mut Uses)) -> Vec<(String, Vec<Range<usize>>)> {
    let mut uses = Uses::default();
    look(&mut uses);
    let Some(tokens) = text.get(range).and_then(|text| text.parse::<TokenStream>().ok()) else { return Vec::new() };
    let mut counts = BTreeMap::new();
    count(tokens, &mut counts);
    let is_certain = |name: &String, places: &Vec<Range<usize>>| {
        !uses.other.contains(name)
            && uses.bound.contains(name)
            && counts.get(name) == Some(&places.len())
            && places.iter().all(|place| text.get(place.clone()) == Some(name))
    };
    let mut certain: Vec<_> = uses.places.iter().filter(|(name, places)| is_certain(name, places)).collect();
    certain.retain(|(name, _)| name.starts_with(|c: char| c.is_ascii_lowercase()) && *name != "self");
    let sorted = |places: &Vec<Range<usize>>| {
        let mut places = places.clone();
        places.sort_by_key(|place| place.start);
        places
    };
    certain.into_iter().map(|(name, places)| (name.clone(), sorted(places))).collect()
}

/// Where a function's name stands in its file; nothing where it also stands in a macro, a path, or is something else there.
pub fn function(text: &str, file: &File, ident: &Ident) -> Option<Vec<Range<usize>>> {
    let mut uses = Uses::default();
    uses.visit_file(file);
    let name = ident.to_string();
    let mut counts = BTreeMap::new();
    count(text.parse().ok()?, &mut counts);
    let mut places = uses.places.get(&name).cloned().unwrap_or_default();
    places.push(ident.span().byte_range());
    places.sort_by_key(|place| place.start);
    let is_certain = !uses.bound.contains(&name)
        && counts.get(&name) == Some(&places.len())
        && places.iter().all(|place| text.get(place.clone()) == Some(&name));
    is_certain.then_some(places)
}

/// How often each identifier stands in `tokens`, in macros too.
fn count(tokens: TokenStream, counts: &mut BTreeMap<String, usize>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => *counts.entry(ident.to_string()).or_default() += 1,
            TokenTree::Group(group) => count(group.stream(), counts),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The names in a function.
#[derive(Default)]
pub struct Uses {
    /// Name -> where it is bound or read as a value.
    places: BTreeMap<String, Vec<Range<usize>>>,
    /// Names that a pattern binds.
    bound: BTreeSet<String>,
    /// Names that stand for a field and a local at once, or are called.
    other: BTreeSet<String>,
}

impl Uses {
    /// Looks at a function.
    pub fn of_function(&mut self, function: &ItemFn) {
        self.visit_item_fn(function);
    }

    /// Looks at a method.
    pub fn of_method(&mut self, method: &ImplItemFn) {
        self.visit_impl_item_fn(method);
    }

    fn add(&mut self, ident: &Ident) {
        self.places.entry(ident.to_string()).or_default().push(ident.span().byte_range());
    }
}

impl<'a> Visit<'a> for Uses {
    fn visit_pat_ident(&mut self, pattern: &'a PatIdent) {
        self.bound.insert(pattern.ident.to_string());
        self.add(&pattern.ident);
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_field_pat(&mut self, field: &'a FieldPat) {
        match (&field.colon_token, &*field.pat) {
            (None, Pat::Ident(pattern)) => drop(self.other.insert(pattern.ident.to_string())),
            _ => visit::visit_field_pat(self, field),
        }
    }

    fn visit_field_value(&mut self, field: &'a FieldValue) {
        match (&field.colon_token, &field.member) {
            (None, Member::Named(name)) => drop(self.other.insert(name.to_string())),
            _ => visit::visit_field_value(self, field),
        }
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(name) = path.path.get_ident()
        {
            self.other.insert(name.to_string());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(name) = path.path.get_ident() {
            self.add(name);
        }
        visit::visit_expr_path(self, path);
    }
}
