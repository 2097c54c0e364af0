//! The components, as text.

/// A command that runs `body` and returns the number it leaves: 0 is well. `fields` are what its module has besides.
pub fn command(fields: &str, body: &str) -> String {
    lifted("", "", fields, body)
}

/// A command with imports: `imports` in the component, `arguments` in the instantiation of its module.
pub fn lifted(imports: &str, arguments: &str, fields: &str, body: &str) -> String {
    format!(
        r#"(component {imports}
            (core module $module {fields} (func (export "run") (result i32) {body}))
            (core instance $instance (instantiate $module {arguments}))
            (func $run (result (result)) (canon lift (core func $instance "run")))
            (instance $exported (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $exported)))"#
    )
}

/// A loop of `count` rounds.
pub fn rounds(count: u32) -> String {
    let body = format!(
        "(local $left i32) (local.set $left (i32.const {count}))
         (loop (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1))))) i32.const 0"
    );
    command("", &body)
}

/// A command that exits with an error by itself, and traps if it is not stopped by that.
pub fn exits() -> String {
    lifted(
        r#"(import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
           (core func $lowered (canon lower (func $exit "exit")))
           (core instance $host (export "exit" (func $lowered)))"#,
        r#"(with "host" (instance $host))"#,
        r#"(import "host" "exit" (func $exit (param i32)))"#,
        "(call $exit (i32.const 1)) unreachable",
    )
}

/// A command that waits for `wait_ms` in the host, and is well if its clock says so too.
pub fn waits(wait_ms: u64) -> String {
    let wait_ns = wait_ms * 1_000_000;
    lifted(
        r#"(import "wasi:io/poll@0.2.0" (instance $poll
             (export "pollable" (type $pollable (sub resource)))
             (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
           (alias export $poll "pollable" (type $pollable))
           (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
             (alias outer 1 $pollable (type $outer)) (export "pollable" (type $own (eq $outer)))
             (export "now" (func (result u64)))
             (export "subscribe-duration" (func (param "when" u64) (result (own $own))))))
           (core func $now (canon lower (func $clock "now")))
           (core func $block (canon lower (func $poll "[method]pollable.block")))
           (core func $subscribe (canon lower (func $clock "subscribe-duration")))
           (core instance $host (export "block" (func $block)) (export "subscribe" (func $subscribe)) (export "now" (func $now)))"#,
        r#"(with "host" (instance $host))"#,
        r#"(import "host" "now" (func $now (result i64)))
           (import "host" "block" (func $block (param i32)))
           (import "host" "subscribe" (func $subscribe (param i64) (result i32)))"#,
        &format!(
            "(local $before i64) (local.set $before (call $now))
             (call $block (call $subscribe (i64.const {wait_ns})))
             (i64.lt_u (i64.sub (call $now) (local.get $before)) (i64.const {wait_ns}))"
        ),
    )
}

/// A command that writes `count` times 1,000 bytes, and takes a new handle of standard output each time if it `leaks`.
pub fn writes(count: u32, leaks: bool) -> String {
    let (before, each) = if leaks { ("", "(call $get)") } else { ("(local.set $stream (call $get))", "(local.get $stream)") };
    lifted(
        STDOUT,
        r#"(with "host" (instance $host)) (with "memory" (instance $memory))"#,
        r#"(import "memory" "memory" (memory 1))
           (import "host" "get" (func $get (result i32)))
           (import "host" "write" (func $write (param i32 i32 i32 i32)))"#,
        &format!(
            "(local $left i32) (local $stream i32) (local.set $left (i32.const {count})) {before}
             (loop
               (call $write {each} (i32.const 0) (i32.const 1000) (i32.const 2000))
               (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
             i32.const 0"
        ),
    )
}

const STDOUT: &str = r#"
    (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
    (alias export $errors "error" (type $error))
    (import "wasi:io/streams@0.2.0" (instance $streams
      (alias outer 1 $error (type $outer)) (export "error" (type $own (eq $outer)))
      (export "output-stream" (type $stream (sub resource)))
      (type $variant (variant (case "last-operation-failed" (own $own)) (case "closed")))
      (export "stream-error" (type $failure (eq $variant)))
      (export "[method]output-stream.blocking-write-and-flush"
        (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $failure)))))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout
      (alias outer 1 $stream (type $outer)) (export "output-stream" (type $own (eq $outer)))
      (export "get-stdout" (func (result (own $own))))))
    (core module $holder (memory (export "memory") 1))
    (core instance $memory (instantiate $holder))
    (core func $get (canon lower (func $stdout "get-stdout")))
    (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory (core memory $memory "memory"))))
    (core instance $host (export "get" (func $get)) (export "write" (func $write)))"#;
