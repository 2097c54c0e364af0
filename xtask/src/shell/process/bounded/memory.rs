//! The resident memory of a process at its highest, read while it runs.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// How long to sleep between two looks: a program that is done in a millisecond is still seen some times.
const POLL: Duration = Duration::from_micros(100);

/// The last that the system said of the process `id` before it `ended`, in bytes.
///
/// The kernel keeps the peak itself, so that only what was taken after the last look is missed. What `wait4` tells would be no better: it counts the memory
/// of the process that started this one, which is ours.
pub fn peak_bytes(id: u32, ended: &AtomicBool) -> Option<u64> {
    let path = format!("/proc/{id}/status");
    let mut peak = None;
    while !ended.load(Ordering::Relaxed) {
        let now = fs_err::read_to_string(&path).ok().and_then(|text| high_water_bytes(&text));
        peak = peak.max(now);
        thread::sleep(POLL);
    }
    peak
}

/// `VmHWM` of `/proc/ID/status`, in bytes; nothing of a process that has ended.
fn high_water_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found() {
        assert_eq!(high_water_bytes("Name:\ta\nVmHWM:\t    1568 kB\n"), Some(1568 * 1024));
        assert_eq!(high_water_bytes("Name:\ta\n"), None);
    }
}
