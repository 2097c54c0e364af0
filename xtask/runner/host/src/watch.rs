//! Brings a job to its end though a guest is stuck in a call to the system that nobody can interrupt: the read of a pipe that nobody writes to.
//!
//! The engine's own deadline covers all other waiting. The guests run on a thread of their own; when one of them is long past its deadline, that
//! thread is left to itself, and the job ends with what there is.

use crate::{limits, output::Output, tally::Tally};
use anyhow::{Context, Result, bail};
use runner_protocol::{Instance, Phases, Spec};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// How long after its deadline a guest is taken for stuck: the engine stops all others before.
const GRACE: Duration = Duration::from_secs(1);

/// Does `work` on a thread of its own, and gives what was counted in it.
///
/// # Errors
/// `work` fails or panics, or the output of a guest that is stuck cannot be written.
pub fn run(spec: &Spec, work: impl FnOnce(&Watch) -> Result<()> + Send + 'static) -> Result<Tally> {
    let watch = Watch(Arc::new(Mutex::new(Watched { tally: Some(Tally::new(spec)), running: None })));
    let (done, finished) = mpsc::channel();
    let inner = watch.clone();
    // Nobody listens any more if it was given up.
    thread::Builder::new().name("guests".into()).spawn(move || done.send(work(&inner)).ok()).context("cannot start a thread")?;
    let limit = Duration::from_millis(limits::effective(spec).deadline_ms) + GRACE;
    let mut left = limit;
    loop {
        match finished.recv_timeout(left) {
            Ok(result) => result?,
            Err(RecvTimeoutError::Disconnected) => bail!("the runner itself failed: what it said is above"),
            Err(RecvTimeoutError::Timeout) => {
                let ran = watch.watched().running.as_ref().map(|running| running.since.elapsed());
                left = limit.saturating_sub(ran.unwrap_or_default());
                if !left.is_zero() {
                    continue;
                }
                watch.give_up(spec)?;
            }
        }
        return watch.watched().tally.take().context("the job was counted already");
    }
}

/// What the guests' thread tells. Clones are the same.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<Watched>>);

struct Watched {
    // Taken when the job is over: a guest that comes back later is not counted.
    tally: Option<Tally>,
    running: Option<Running>,
}

struct Running {
    since: Instant,
    output: Output,
}

impl Watch {
    /// From now on a guest that writes to `output` is made or run.
    pub fn begins(&self, output: &Output) {
        self.watched().running = Some(Running { since: Instant::now(), output: output.clone() });
    }

    /// It came into being, and is not running: see [`Tally::made`].
    pub fn made(&self) {
        let mut watched = self.watched();
        watched.running = None;
        watched.tally.iter_mut().for_each(Tally::made);
    }

    /// It ended.
    pub fn ended(&self, instance: Instance) {
        let mut watched = self.watched();
        watched.running = None;
        if let Some(tally) = &mut watched.tally {
            tally.ended(instance);
        }
    }

    fn give_up(&self, spec: &Spec) -> Result<()> {
        let mut watched = self.watched();
        let Watched { tally: Some(tally), running: Some(running) } = &mut *watched else { return Ok(()) };
        let execute_ns = u64::try_from(running.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        tally.ended(Instance {
            ended: limits::late(spec),
            // Its store is with the thread.
            fuel_count: None,
            peak_memory_bytes: None,
            phases: Phases { instantiate_ns: 0, execute_ns },
            contacts: Vec::new(),
        });
        running.output.save(&spec.output)
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Stream;
    use runner_protocol::{Ended, Engine};
    use std::fs;

    fn spec(folder: &tempfile::TempDir) -> Spec {
        let mut spec = Spec::new(Engine::WasmtimeJit, "a.wasm", "", folder.path());
        spec.limits.deadline_ms = 50;
        spec
    }

    #[test]
    fn a_guest_that_is_stuck_does_not_keep_the_job() {
        let folder = tempfile::tempdir().expect("a folder");
        let (spec, started) = (spec(&folder), Instant::now());
        let output = Output::new(&spec);
        let tally = run(&spec, move |watch| {
            watch.begins(&output);
            output.write(Stream::Stdout, b"said before")?;
            thread::sleep(Duration::from_secs(60));
            Ok(())
        });
        let outcome = tally.expect("counted").outcome(&spec, "engine 1", 0);
        assert!(matches!(&outcome.instances[0].ended, Ended::Stopped { limit, .. } if limit == "deadline_ms"), "{outcome:?}");
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!(fs::read_to_string(folder.path().join("stdout")).expect("saved"), "said before");
    }

    #[test]
    fn between_guests_there_is_no_deadline() {
        let folder = tempfile::tempdir().expect("a folder");
        let spec = spec(&folder);
        let output = Output::new(&spec);
        let worked = run(&spec, move |watch| {
            watch.begins(&output);
            watch.made();
            thread::sleep(GRACE + Duration::from_millis(300));
            bail!("come to its end")
        });
        assert_eq!(worked.err().expect("failed").to_string(), "come to its end");
    }

    #[test]
    fn a_panic_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = run(&spec(&folder), |_| panic!("on purpose")).err().expect("failed");
        assert!(error.to_string().contains("the runner itself failed"), "{error}");
    }
}
