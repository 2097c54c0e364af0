//! One file per command: read, call, write.
