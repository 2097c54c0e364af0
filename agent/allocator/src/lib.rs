//! The only `#[global_allocator]` of the workspace.
