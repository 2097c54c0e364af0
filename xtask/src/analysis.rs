//! PURE: bytes in, plain values out.
