//! What `perf stat -x ,` counted.

/// The instructions in the lines of `perf stat -x ,`; nothing where one was not counted.
pub fn counted(text: &str) -> Option<u64> {
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("instructions")).collect();
    let counts = lines.iter().map(|line| line.split(',').next()?.trim().parse::<u64>().ok());
    counts.sum::<Option<u64>>().filter(|sum| *sum > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_perf_counts() {
        assert_eq!(counted("# started\n\n120,,instructions:u,9,100.00,,\n30,,instructions:u,9,100.00,,\n"), Some(150));
        assert_eq!(counted("<not supported>,,instructions:u,0,100.00,,\n"), None);
        assert_eq!(counted(""), None);
    }
}
