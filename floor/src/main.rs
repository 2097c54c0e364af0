//! Hello, world: the floor that every other size is measured against.

use agent_allocator as _;

fn main() {
    println!("Hello, world!");
}
