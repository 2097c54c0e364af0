//! WAMR: what its builds of the runner need besides cargo, found or made without root.

pub mod aot;
pub mod llvm;
pub mod tools;
