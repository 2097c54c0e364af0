//! The real pipeline.
