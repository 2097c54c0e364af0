//! A listener that nobody may reach: it counts who does.

use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

/// Where canaries listen: a loopback address that is not the one that mocks have.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A canary on a port of [`ADDRESS`]; it ends with this value.
pub struct Canary {
    address: SocketAddr,
    touched_count: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Canary {
    /// Listens on `port`.
    ///
    /// # Errors
    /// The port is taken there, or the machine has one loopback address only.
    pub fn start(port: u16) -> Result<Canary> {
        let address = SocketAddr::from((ADDRESS, port));
        let listener = TcpListener::bind(address).with_context(|| {
            Failure::tool(format!("cannot listen on {address}: scenarios about changing names need a second loopback address"))
        })?;
        let (touched_count, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (touched_count, is_over) = (Arc::clone(&touched_count), Arc::clone(&is_over));
            std::thread::spawn(move || {
                for _connection in listener.incoming() {
                    if is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    touched_count.fetch_add(1, Ordering::SeqCst);
                }
            })
        };
        Ok(Canary { address, touched_count, is_over, thread: Some(thread) })
    }

    /// How many connections there were.
    pub fn touched_count(&self) -> u64 {
        self.touched_count.load(Ordering::SeqCst)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // The listener waits for a connection: this is the last.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_comes_is_counted() {
        let port = TcpListener::bind((ADDRESS, 0)).unwrap().local_addr().unwrap().port();
        let canary = Canary::start(port).unwrap();
        assert_eq!(canary.touched_count(), 0);
        let connection = TcpStream::connect((ADDRESS, port)).unwrap();
        drop(connection);
        for _ in 0..1_000 {
            if canary.touched_count() == 1 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        panic!("the connection was not counted");
    }
}
