//! The body of a response: as it comes, each piece in time, or read to its end beforehand.

use super::{Kind, Refusal};
use bytes::Bytes;
use http::Response;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    task::AbortHandle,
    time::{Instant, Sleep, sleep},
};

/// A response's body.
pub type Body = UnsyncBoxBody<Bytes, Refusal>;

/// The most that is read beforehand.
const WHOLE_BYTES: usize = 16 << 20;
/// How much of a body that was read beforehand is given at once.
const PIECE_BYTES: usize = 4096;

/// The task that drives a connection. It ends with this.
pub struct Task(pub AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// `incoming` as it comes over the connection of `task`, with at most `limit_ms` between two pieces.
pub fn timed(incoming: Incoming, limit_ms: u64, task: Task) -> Body {
    let limit = Duration::from_millis(limit_ms);
    Timed { incoming, limit, sleep: Box::pin(sleep(limit)), failed: false, _task: task }.boxed_unsync()
}

struct Timed {
    incoming: Incoming,
    limit: Duration,
    sleep: Pin<Box<Sleep>>,
    failed: bool,
    _task: Task,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = Refusal;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refusal>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let failure = match Pin::new(&mut self.incoming).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let next = Instant::now() + self.limit;
                self.sleep.as_mut().reset(next);
                return Poll::Ready(Some(Ok(frame)));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => Refusal::of_hyper(&error),
            Poll::Pending if self.sleep.as_mut().poll(context).is_pending() => return Poll::Pending,
            Poll::Pending => Refusal::new(
                Kind::BodyTimeout,
                format!("the next piece of the body took longer than {} ms", self.limit.as_millis()),
            ),
        };
        self.failed = true;
        Poll::Ready(Some(Err(failure)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// `response` with its body read to the end, or to where it failed: then the guest gets what came, and the failure after it.
pub async fn whole(response: Response<Body>) -> Response<Body> {
    let (head, mut body) = response.into_parts();
    let (mut bytes, mut failure) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(piece)) if bytes.len() + piece.len() > WHOLE_BYTES => {
                failure = Some(Refusal::new(Kind::BodySize, format!("the body has more than {WHOLE_BYTES} bytes")));
                break;
            }
            Ok(Ok(piece)) => bytes.extend_from_slice(&piece),
            // Trailers.
            Ok(Err(_)) => {}
            Err(refusal) => {
                failure = Some(refusal);
                break;
            }
        }
    }
    let mut pieces: VecDeque<_> = bytes.chunks(PIECE_BYTES).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    pieces.extend(failure.map(Err));
    Response::from_parts(head, Pieces(pieces).boxed_unsync())
}

struct Pieces(VecDeque<Result<Bytes, Refusal>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Refusal;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refusal>>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}
