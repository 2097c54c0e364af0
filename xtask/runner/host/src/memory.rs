//! The memory of this process, as the system counts it.

/// Memory of the process that is in RAM now, in bytes; 0 where the system does not say (anything but Linux).
pub fn resident_bytes() -> u64 {
    field("VmRSS:")
}

/// The most that was in RAM at once since the process started, in bytes; 0 where the system does not say (anything but Linux).
pub fn peak_bytes() -> u64 {
    field("VmHWM:")
}

/// A line of `/proc/self/status`: a name, and a number of KiB.
fn field(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_touched_is_counted() {
        let before = resident_bytes();
        let block = std::hint::black_box(vec![1u8; 32 << 20]);
        let after = resident_bytes();
        assert!(after >= before + (24 << 20), "{before} {after} {}", block.len());
        assert!(peak_bytes() >= after);
    }
}
