//! PURE text: plain values in, strings out.
