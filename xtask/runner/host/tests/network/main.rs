//! The sandbox's client against servers on loopback: every guard on and off, and every step that can take too long.

mod bodies;
mod common;
mod credentials;
mod grants;
mod names;
mod redirects;
mod timing;
mod tls;
