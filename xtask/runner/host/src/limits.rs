//! The limits that hold for a job, with those left out whose guard a test switches off.

use runner_protocol::{Ended, Guard, Limits, Spec};

/// The limits of `spec`. One whose guard is off is replaced by one that only keeps the machine alive.
pub fn effective(spec: &Spec) -> Limits {
    let mut limits = spec.limits.clone();
    for guard in &spec.without_guards {
        match guard {
            Guard::Memory => limits.memory_bytes = 256 << 20,
            Guard::Tables => limits.table_element_count = 10_000_000,
            Guard::Fuel => limits.fuel_count = u64::MAX,
            Guard::Deadline => limits.deadline_ms = 240_000,
            Guard::Output => limits.output_bytes = 256 << 20,
            Guard::Resources => limits.resource_count = 100_000,
            _ => {}
        }
    }
    limits
}

/// How a guest ended that is not done in time.
pub fn late(spec: &Spec) -> Ended {
    let reason = format!("it was not done after {} ms", effective(spec).deadline_ms);
    Ended::Stopped { limit: "deadline_ms".into(), reason }
}
