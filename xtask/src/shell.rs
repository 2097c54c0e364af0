//! EFFECTS: processes, files, the network, the clock.
