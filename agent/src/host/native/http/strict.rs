//! A connection that breaks is an error, never the end of a body.
//!
//! ureq takes a reset, and TLS that ends without saying so, for the end of a body without a length. Whoever can cut the connection could then
//! cut the response (RFC 9112, section 9.8).

use std::io::{self, ErrorKind};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Makes connections strict; the last in the chain.
#[derive(Debug)]
pub struct Strict;

impl<In: Transport> Connector<In> for Strict {
    type Out = StrictTransport<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(StrictTransport))
    }
}

/// A connection that says when it breaks.
#[derive(Debug)]
pub struct StrictTransport<In>(In);

impl<In: Transport> Transport for StrictTransport<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout).map_err(|error| match error {
            // A kind that ureq does not take for an end.
            Error::Io(error)
                if matches!(
                    error.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
                ) =>
            {
                Error::Io(io::Error::new(ErrorKind::NotConnected, error))
            }
            other => other,
        })
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
