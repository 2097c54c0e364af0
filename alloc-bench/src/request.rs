//! What the guest is asked, at the head of its standard input. Operations follow where it is asked to replay.

use crate::certify::Check;

/// How many bytes a request has.
pub const REQUEST_BYTES: usize = 8;

const MAGIC: &[u8; 4] = b"ARQ1";

/// What the guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Replays the operations that follow on the allocator, then says how many bytes it still has, if asked: to the memory's end.
    Replay {
        /// Whether it fills what is left.
        then_fill: bool,
    },
    /// Replays them on no heap at all: what the replay costs by itself.
    Dry,
    /// Puts the allocator to a test.
    Certify(Check),
}

impl Request {
    /// As bytes.
    pub fn encode(self) -> [u8; REQUEST_BYTES] {
        let (kind, value) = match self {
            Request::Replay { then_fill } => (0, u8::from(then_fill)),
            Request::Dry => (1, 0),
            Request::Certify(check) => (2, check as u8),
        };
        let [a, b, c, d] = *MAGIC;
        [a, b, c, d, kind, value, 0, 0]
    }

    /// From bytes; none if they are no request.
    pub fn decode(bytes: &[u8; REQUEST_BYTES]) -> Option<Request> {
        let (magic, [kind, value, 0, 0]) = bytes.split_first_chunk::<4>()? else { return None };
        match (magic == MAGIC, kind, value) {
            (true, 0, 0 | 1) => Some(Request::Replay { then_fill: *value == 1 }),
            (true, 1, 0) => Some(Request::Dry),
            (true, 2, value) => Check::ALL.into_iter().find(|check| *check as u8 == *value).map(Request::Certify),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_written() {
        let checks = Check::ALL.map(Request::Certify);
        let others = [Request::Replay { then_fill: false }, Request::Replay { then_fill: true }, Request::Dry];
        for request in checks.into_iter().chain(others) {
            assert_eq!(Request::decode(&request.encode()), Some(request));
        }
        assert_eq!(Request::decode(b"ARQ1\x02\xff\0\0"), None);
        assert_eq!(Request::decode(b"ARQ2\0\0\0\0"), None);
    }
}
