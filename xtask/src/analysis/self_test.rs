//! What the gate's test of itself is made of: the reduced workspace, the faults, the neutral changes, and how an answer is judged.

pub mod edit;
pub mod judge;
pub mod lengthen;
pub mod neutral;
pub mod reduce;
