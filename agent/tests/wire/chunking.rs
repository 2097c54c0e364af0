//! However the bytes are cut on their way, the same comes out.

use mock_api::{Chunking, Quirk, Script, Setting, Transfer};

use super::common::{APIS, Bench, WAYS, two_files};

const SAID: &str = "I write \u{e9}\u{1F600}.\nBoth are \u{201e}there\u{201c}.\nBye\n";

fn modes() -> Vec<Setting<Chunking>> {
    let mut modes =
        [Chunking::Whole, Chunking::Event, Chunking::Byte, Chunking::Utf8, Chunking::CrLf].map(Setting::from).to_vec();
    modes.extend([1, 2, 3, 7, 1000].map(|size| Chunking::Bytes.with(size)));
    modes
}

#[test]
fn each_chunking_mode_gives_the_same_output() {
    for (api, stream) in WAYS {
        for mode in modes() {
            let script = Script { chunking: Some(mode), ..Script::of(two_files()) };
            Bench::new(api, stream, script).with_files().ask(&[]).said(SAID);
        }
    }
}

#[test]
fn a_cut_between_cr_and_lf_ends_no_second_line() {
    for api in APIS {
        for mode in modes() {
            let script = Script { chunking: Some(mode), quirks: vec![Quirk::Crlf], ..Script::of(two_files()) };
            Bench::new(api, true, script).with_files().ask(&[]).said(SAID);
        }
    }
}

#[test]
fn each_way_of_ending_the_body_gives_the_same_output() {
    for (api, stream) in WAYS {
        for transfer in [Transfer::Chunked, Transfer::Length, Transfer::Close] {
            let script = Script { transfer: Some(transfer), ..Script::of(two_files()) };
            Bench::new(api, stream, script).with_files().ask(&[]).said(SAID);
        }
    }
}
