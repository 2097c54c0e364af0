//! What one cell of the grid left: the raw material of its judgement.

use super::scenario::place::Places;
use runner_protocol::{Contact, Ended, MemorySample, Outcome, Phases};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What playing a scenario on one engine left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Each step, in order.
    pub steps: Vec<StepObserved>,
    /// Path (`home/...`, `workspace/...`, `outside/...`) -> text of every file at the end; of a symbolic link `-> ` and where it leads.
    pub files: BTreeMap<String, String>,
    /// What the mock recorded, each as `{method, path, headers: [[name, value]], body}`.
    pub requests: Vec<Value>,
    /// How often the canary was reached.
    pub canary_count: u64,
    /// The harmless guest that was run afterwards, where the scenario has one.
    pub control: Option<StepObserved>,
    /// The world's folder, which is another one each time.
    pub root: String,
    /// Where the services were.
    #[serde(skip)]
    pub places: Places,
}

/// What one step left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepObserved {
    /// How each instance ended: of very many those that the runner tells of.
    pub ended: Vec<Ended>,
    /// How many instances there were.
    pub instance_count: u64,
    /// What the last instance wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// What the first instance asked of the network.
    pub contacts: Vec<Contact>,
    /// The fuel of the first instance, where it is counted.
    pub fuel_count: Option<u64>,
    /// The linear memories of the first instance at their largest.
    pub peak_memory_bytes: Option<u64>,
    /// The process's memory while instances came and went.
    pub memory_samples: Vec<MemorySample>,
    /// The process's resident memory at its highest; 0 of the reference, unless it was watched.
    pub host_peak_bytes: u64,
    /// Whether the reference left a process behind, which was then killed.
    #[serde(skip)]
    pub left_behind: bool,
    /// From the file's bytes to something that can be instantiated.
    pub load_ns: u64,
    /// Where the time of the first instance went.
    pub phases: Phases,
}

impl StepObserved {
    /// What the runner told, and the two files it left.
    pub fn of(outcome: &Outcome, stdout: String, stderr: String) -> StepObserved {
        let first = outcome.instances.first();
        StepObserved {
            ended: outcome.instances.iter().map(|instance| instance.ended.clone()).collect(),
            instance_count: outcome.instance_count,
            stdout,
            stderr,
            contacts: first.map(|instance| instance.contacts.clone()).unwrap_or_default(),
            fuel_count: first.and_then(|instance| instance.fuel_count),
            peak_memory_bytes: first.and_then(|instance| instance.peak_memory_bytes),
            memory_samples: outcome.memory_samples.clone(),
            host_peak_bytes: outcome.host_peak_bytes,
            left_behind: false,
            load_ns: outcome.load_ns,
            phases: first.map(|instance| instance.phases.clone()).unwrap_or_default(),
        }
    }

    /// What the reference left. A run that was killed at the scenario's deadline is [`Ended::Stopped`] by `deadline_ms`.
    pub fn native(ended: Ended, stdout: String, stderr: String) -> StepObserved {
        StepObserved { ended: vec![ended], instance_count: 1, stdout, stderr, ..StepObserved::default() }
    }
}
