//! What surrounds a scenario while it is played: the services that it talks to, and the programs that it is played by.

pub mod canary;
pub mod fixtures;
pub mod mock;
pub mod native;
pub mod play;
pub mod sampling;
pub mod stage;
pub mod world;
