//! The four functions of `wasi:http` that return an error code, called without reading what is inside of the code.
//!
//! The bindings in `wasip2` rebuild every payload of each of the 39 error codes, in each of these functions: 4,900 bytes for words that
//! nobody shows. Here only the number of the code is read. The layouts are those of the canonical ABI: a result or an option is a byte, and what
//! it holds starts at the next multiple of its alignment, which is 8 for an error code because some hold a `u64`; the largest code takes 32 bytes.
//! Strings in a code that is passed over are not freed: an exchange that fails loses some bytes until the program ends.
//!
//! The names have the version of the bindings in them; with another version the component does not encode, so they cannot drift apart unseen.

use wasip2::http::types::{FutureIncomingResponse, IncomingResponse, OutgoingBody, OutgoingRequest, RequestOptions};
use wasip2::io::error::Error;

#[link(wasm_import_module = "wasi:http/outgoing-handler@0.2.12")]
unsafe extern "C" {
    #[link_name = "handle"]
    fn raw_handle(request: u32, has_options: u32, options: u32, result: *mut Area<40>);
}

#[link(wasm_import_module = "wasi:http/types@0.2.12")]
unsafe extern "C" {
    #[link_name = "[method]future-incoming-response.get"]
    fn raw_get(future: u32, result: *mut Area<56>);
    #[link_name = "[static]outgoing-body.finish"]
    fn raw_finish(body: u32, has_trailers: u32, trailers: u32, result: *mut Area<40>);
    #[link_name = "http-error-code"]
    fn raw_error_code(error: u32, result: *mut Area<40>);
}

/// Where the host writes a result.
#[repr(C, align(8))]
struct Area<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> Area<BYTES> {
    const ZERO: Area<BYTES> = Area([0; BYTES]);

    /// The byte that says which case it is.
    fn case(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    fn handle(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default())
    }
}

/// The number of an error code: its place in the list of `wasi:http/types`.
pub(super) type Code = u8;

/// Hands the request over. Its body can be written after that.
pub(super) fn handle(request: &OutgoingRequest, options: &RequestOptions) -> Result<FutureIncomingResponse, Code> {
    let mut area = Area::<40>::ZERO;
    // SAFETY: both handles are given away, as the function takes them; the area has the size and alignment of its result; a future that it
    // returns is owned by nobody else.
    unsafe {
        raw_handle(request.take_handle(), 1, options.take_handle(), &raw mut area);
        if area.case(0) == 0 { Ok(FutureIncomingResponse::from_handle(area.handle(8))) } else { Err(area.case(8)) }
    }
}

/// The response, once the future is ready. No code means that there is none, which a ready future asked once does not do.
pub(super) fn get(future: &FutureIncomingResponse) -> Result<IncomingResponse, Option<Code>> {
    let mut area = Area::<56>::ZERO;
    // SAFETY: the handle is lent; the area has the size and alignment of the result; a response in it is owned by nobody else.
    unsafe {
        raw_get(future.handle(), &raw mut area);
        match (area.case(0), area.case(8), area.case(16)) {
            (1, 0, 0) => Ok(IncomingResponse::from_handle(area.handle(24))),
            (1, 0, _) => Err(Some(area.case(24))),
            _ => Err(None),
        }
    }
}

/// Ends a body, without trailers.
pub(super) fn finish(body: &OutgoingBody) -> Result<(), Code> {
    let mut area = Area::<40>::ZERO;
    // SAFETY: the handle is given away, as the function takes it; the area has the size and alignment of its result.
    unsafe { raw_finish(body.take_handle(), 0, 0, &raw mut area) };
    if area.case(0) == 0 { Ok(()) } else { Err(area.case(8)) }
}

/// The code behind the error of a stream, if it is one of HTTP.
pub(super) fn error_code(error: &Error) -> Option<Code> {
    let mut area = Area::<40>::ZERO;
    // SAFETY: the handle is lent; the area has the size and alignment of the result.
    unsafe { raw_error_code(error.handle(), &raw mut area) };
    (area.case(0) == 1).then(|| area.case(8))
}
