//! Three versions of one thing, and what two branches did to it.

use std::collections::{BTreeMap, BTreeSet};

/// One of three versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What both branches started from.
    Base,
    /// The branch that is merged into.
    Ours,
    /// The branch that is merged.
    Theirs,
}

/// Three versions; without a base both branches added the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides<T> {
    /// What both branches started from.
    pub base: Option<T>,
    /// The branch that is merged into.
    pub ours: T,
    /// The branch that is merged.
    pub theirs: T,
}

impl<T> Sides<T> {
    /// The same of a part of each.
    pub fn map<U>(self, part: impl Fn(T) -> U) -> Sides<U> {
        Sides { base: self.base.map(&part), ours: part(self.ours), theirs: part(self.theirs) }
    }

    /// The version of a side.
    pub fn of(&self, side: Side) -> Option<&T> {
        match side {
            Side::Base => self.base.as_ref(),
            Side::Ours => Some(&self.ours),
            Side::Theirs => Some(&self.theirs),
        }
    }
}

/// What two branches did to a thing.
pub enum Way<'a, T> {
    /// At most one of them changed it, or both alike: this stands, or nothing does.
    Take(Option<&'a T>),
    /// Both changed it, or both added it: its parts decide.
    Merge(Sides<&'a T>),
    /// One deleted what the other changed.
    Conflict(Sides<Option<&'a T>>),
}

/// What two branches did to a thing that each version has or lacks.
pub fn way<'a, T: PartialEq>(base: Option<&'a T>, ours: Option<&'a T>, theirs: Option<&'a T>) -> Way<'a, T> {
    match (ours, theirs) {
        _ if ours == theirs || base == theirs => Way::Take(ours),
        _ if base == ours => Way::Take(theirs),
        (Some(ours), Some(theirs)) => Way::Merge(Sides { base, ours, theirs }),
        _ => Way::Conflict(Sides { base: Some(base), ours, theirs }),
    }
}

/// The same for each key that a version has, in order.
pub fn ways<'a, K: Ord, T: PartialEq>(sides: Sides<&'a BTreeMap<K, T>>) -> Vec<(&'a K, Way<'a, T>)> {
    let base = sides.base.into_iter().flat_map(BTreeMap::keys);
    let keys: BTreeSet<&K> = base.chain(sides.ours.keys()).chain(sides.theirs.keys()).collect();
    let of = |key: &K| way(sides.base.and_then(|base| base.get(key)), sides.ours.get(key), sides.theirs.get(key));
    keys.into_iter().map(|key| (key, of(key))).collect()
}
