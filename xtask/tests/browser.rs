//! The page of `report html` in Chromium without a window: it works, loads nothing, and does not scroll sideways. `cargo xtask test` runs it.
#![cfg(unix)]

mod html_fixture;

use html_fixture::{large, page, plain};
use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// What one call of the browser said.
struct Seen {
    /// The document after its scripts.
    dom: String,
    /// The lines of its console.
    console: Vec<String>,
}

struct Browser(TempDir);

impl Browser {
    fn new() -> Browser {
        Browser(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Loads a file and says what became of it.
    fn dom(&self, path: &Path, width: u32) -> Seen {
        let (dom, log) =
            self.run(&["--dump-dom".into(), format!("--window-size={width},900"), format!("file://{}", path.display())]);
        let console = log.lines().filter(|line| line.contains("CONSOLE")).map(String::from).collect();
        Seen { dom, console }
    }

    /// A picture of a file.
    fn picture(&self, path: &Path, fragment: &str) -> Vec<u8> {
        let out = self.0.path().join("picture.png");
        let arguments = ["--hide-scrollbars".into(), "--window-size=1400,1000".into(), format!("--screenshot={}", out.display())];
        self.run(&[&arguments[..], &[format!("file://{}{fragment}", path.display())]].concat());
        fs::read(&out).expect("the browser makes a picture")
    }

    fn run(&self, arguments: &[String]) -> (String, String) {
        let profile = tempfile::tempdir_in(self.0.path()).unwrap();
        let mut command = Command::new(env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into()));
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ]);
        command.args(["--enable-logging=stderr", "--v=0"]).arg(format!("--user-data-dir={}", profile.path().display()));
        command.args(arguments).env("HOME", self.0.path()).stdin(Stdio::null());
        let (out, log) = (self.0.path().join("stdout"), self.0.path().join("stderr"));
        command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&log).unwrap());
        let mut child = command.spawn().expect("Chromium starts: put it on PATH, or name it with CHROMIUM");
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed() > Duration::from_secs(120) {
                let _ = child.kill();
                panic!("the browser does not end: {}", fs::read_to_string(&log).unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let text = |path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        (text(&out), text(&log))
    }
}

/// A server that only counts who comes.
fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, count)
}

#[test]
fn the_script_runs_and_the_console_is_silent() {
    let browser = Browser::new();
    let seen = browser.dom(&browser.file("page.html", &plain()), 1400);
    assert_eq!(seen.console, Vec::<String>::new());
    assert!(seen.dom.contains("data-js=\"on\""), "the script did not run");
    assert!(seen.dom.contains("<button type=\"button\">raw</button>"), "heads sort");
    assert!(seen.dom.contains("Zoom into") && seen.dom.contains("<option value=\"app\">app</option>"), "maps zoom");
    assert_eq!(seen.dom.matches("type=\"radio\"").count(), 3, "before, after, change");
}

#[test]
fn names_that_would_load_something_load_nothing() {
    let (address, count) = server();
    let words = [
        format!("<img src=\"http://{address}/a\">"),
        format!("\"><script src=\"http://{address}/b\"></script>"),
        format!("</style><link rel=stylesheet href=http://{address}/c>"),
        "</script><script>document.documentElement.dataset.broken = 1</script>".to_string(),
    ];
    let browser = Browser::new();
    let hostile = page(&mut |word| format!("{}{word}", words[word.len() % words.len()]));
    let seen = browser.dom(&browser.file("hostile.html", &hostile), 1400);
    assert_eq!(seen.console, Vec::<String>::new());
    assert!(seen.dom.contains("data-js=\"on\"") && !seen.dom.contains("data-broken"));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn what_is_not_hashed_neither_runs_nor_loads() {
    let (address, count) = server();
    let more = format!(
        "<img src=\"http://{address}/a\"><script src=\"http://{address}/b\"></script><link rel=\"stylesheet\" href=\"http://{address}/c\">\
         <script>document.documentElement.dataset.broken = 1</script><p style=\"color:red\" onclick=\"1\">x</p></body>"
    );
    let browser = Browser::new();
    // As if something had broken out: the policy is there for that.
    let seen = browser.dom(&browser.file("broken.html", &plain().replace("</body>", &more)), 1400);
    assert!(seen.dom.contains("data-js=\"on\"") && !seen.dom.contains("data-broken=\"1\""));
    assert!(seen.console.iter().any(|line| line.contains("Content Security Policy")), "{:?}", seen.console);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

/// The page without its policy, and with what a user would do in it.
fn scripted(page: &str, script: &str) -> String {
    let start = page.find("<meta http-equiv").unwrap();
    let end = start + page[start..].find('>').unwrap() + 1;
    let script = format!("<script>addEventListener('load', () => {{ {script} }})</script></body>");
    format!("{}{}", &page[..start], &page[end..]).replace("</body>", &script)
}

#[test]
fn heads_sort_words_filter_and_a_crate_fills_its_map() {
    let browser = Browser::new();
    let said =
        |page: &str, script: &str| browser.dom(&browser.file("used.html", &scripted(page, script)), 1400).console.join("\n");
    let order = "const head = [...document.querySelectorAll('#pgo th button')].find((one) => one.textContent === 'instructions');
                 const rows = () => [...head.closest('table').tBodies[0].rows].map((row) => row.cells[0].textContent).join();
                 head.click(); console.log(head.parentElement.ariaSort, rows()); head.click(); console.log(head.parentElement.ariaSort, rows())";
    let lines = said(&plain(), order);
    assert!(lines.contains("ascending pgo,reference,opt-z,pgo-bolt,opt-s"), "{lines}");
    assert!(lines.contains("descending pgo-bolt,opt-s,opt-z,reference,pgo"), "{lines}");
    let filter = "const input = document.querySelector('#run input[type=search]'); input.value = 'number-11'; input.dispatchEvent(new Event('input'));
                  console.log('left ' + document.querySelectorAll('#run tbody tr:not([hidden])').length, input.closest('.tools').textContent)";
    let lines = said(&large(&[]), filter);
    assert!(lines.contains("11 of 120 rows"), "{lines}");
    let zoom =
        "const select = document.querySelector('.map select'); select.value = 'app'; select.dispatchEvent(new Event('change'));
                console.log('alone ' + document.querySelectorAll('.zoom .leaf').length);
                select.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
                console.log('again ' + document.querySelectorAll('.zoom').length)";
    let lines = said(&plain(), zoom);
    assert!(lines.contains("alone 4") && lines.contains("again 0"), "{lines}");
}

#[test]
fn no_width_makes_the_page_scroll_sideways() {
    let browser = Browser::new();
    let free = scripted(
        &plain(),
        "for (const one of document.querySelectorAll('details')) one.open = true;
         console.log('over ' + (document.documentElement.scrollWidth - document.documentElement.clientWidth))",
    );
    browser.file("free.html", &free);
    for width in [400, 800, 1600] {
        // A window is never as narrow as a telephone; a frame in it is.
        let frame = browser.file("frame.html", &format!("<iframe src=\"free.html\" width=\"{width}\" height=\"800\"></iframe>"));
        let seen = browser.dom(&frame, 1700);
        assert!(seen.console.iter().any(|line| line.contains("over 0")), "{width}: {:?}", seen.console);
    }
}

#[test]
fn both_schemes_can_be_seen() {
    let browser = Browser::new();
    let page = browser.file("page.html", &plain());
    let [light, dark] = ["#theme=light", "#theme=dark"].map(|fragment| browser.picture(&page, fragment));
    assert!(light.starts_with(b"\x89PNG") && dark.starts_with(b"\x89PNG"));
    assert!(light.len() > 10_000 && light != dark);
}
