//! Every build beside the others: what it does, what it weighs, and of which sections.

use super::percent;
use crate::{
    analysis::pgo::{Worth, worth},
    data::{
        pgo::{Figures, Itself, Proof, State, build::Build},
        timing::{Ratio, Sign},
    },
    report::{
        run::times::time,
        table::{Column, Form, Grid, grouped},
    },
};

/// The sections that are shown: those that differ between builds.
const SECTIONS: [&str; 6] = [".text", ".rodata", ".eh_frame", ".gcc_except_table", ".rela.dyn", ".data.rel.ro"];

/// The tables of a program as text.
pub fn tables(proof: &Proof, form: Form) -> String {
    grids(proof).map(|(title, grid)| format!("{}{}", form.heading(&title), grid.render(form))).join("\n")
}

/// The tables of a program, each with its title.
pub fn grids(proof: &Proof) -> [(String, Grid); 4] {
    let measured: Vec<(Build, &Figures)> = proof
        .builds
        .iter()
        .filter_map(|one| match &one.state {
            State::Measured(figures) => Some((one.build, &**figures)),
            State::NotApplicable { .. } | State::Failed { .. } => None,
        })
        .collect();
    let reference = proof.figures(Build::Reference);
    [
        (
            "Instructions, and how they lie to the reference's:".into(),
            instructions(&measured, reference, proof.noise_ppm.unwrap_or(0)),
        ),
        (times_title(&proof.itself), times(&measured, &proof.itself)),
        ("What it costs:".into(), cost(&measured, proof)),
        ("Sections in bytes:".into(), sections(&measured)),
    ]
}

fn instructions(measured: &[(Build, &Figures)], reference: Option<&Figures>, noise_ppm: u64) -> Grid {
    let mut grid = Grid::new(&[
        ("build", Column::Text),
        ("training", Column::Number),
        ("held out", Column::Number),
        ("verdict", Column::Text),
    ]);
    for (build, figures) in measured {
        let of = |pick: fn(&Figures) -> Option<u64>| against(reference.and_then(pick), pick(figures));
        let held_out = |figures: &Figures| figures.held_out_instruction_count;
        let said =
            reference.and_then(held_out).zip(held_out(figures)).map_or("-", |(before, after)| words(before, after, noise_ppm));
        grid.row([
            build.to_string(),
            of(|figures| figures.training_instruction_count),
            of(held_out),
            if *build == Build::Reference { "-".into() } else { said.to_string() },
        ]);
    }
    grid
}

fn times_title(itself: &Itself) -> String {
    let is_noisy = [&itself.held_out, &itself.start].into_iter().flatten().any(|ratio| ratio.sign() != Sign::Unclear);
    let trust = if is_noisy { "; the reference differs from itself here, so they say nothing" } else { "" };
    format!("Times of the held-out work and of a start, to the reference's with an interval of 95 % (they never gate{trust}):")
}

fn times(measured: &[(Build, &Figures)], itself: &Itself) -> Grid {
    let mut grid = Grid::new(&[
        ("build", Column::Text),
        ("held out", Column::Number),
        ("to the reference", Column::Text),
        ("start", Column::Number),
        ("to the reference", Column::Text),
        ("peak memory", Column::Number),
    ]);
    // A build can be no surer of itself than the reference is.
    let said = |of: Option<&Ratio>, itself: Option<&Ratio>| match of.zip(itself) {
        Some((of, itself)) if itself.sign() == Sign::Unclear => ratio(of),
        Some((of, _)) => format!("no verdict ({})", ends(of)),
        None => "-".into(),
    };
    for (build, figures) in measured {
        grid.row([
            build.to_string(),
            figures.held_out_ns.map_or("-".into(), time),
            said(figures.held_out_ratio.as_ref(), itself.held_out.as_ref()),
            figures.start_ns.map_or("-".into(), time),
            said(figures.start_ratio.as_ref(), itself.start.as_ref()),
            figures.peak_memory_bytes.map_or("-".into(), grouped),
        ]);
        if *build == Build::Reference && itself.held_out.is_some() {
            let again = |ratio: Option<&Ratio>| ratio.map_or("-".into(), ends);
            let (held_out, start) = (again(itself.held_out.as_ref()), again(itself.start.as_ref()));
            grid.row([format!("{build}, again"), "-".into(), held_out, "-".into(), start, "-".into()]);
        }
    }
    grid
}

/// A count, and how it lies to the reference's.
fn against(reference: Option<u64>, value: Option<u64>) -> String {
    let Some(value) = value else { return "-".into() };
    let Some(reference) = reference.filter(|reference| *reference != value && *reference > 0) else { return grouped(value) };
    let ppm = u128::from(reference.abs_diff(value)) * 1_000_000 / u128::from(reference);
    let sign = if value < reference { "-" } else { "+" };
    format!("{} ({sign}{})", grouped(value), percent(u64::try_from(ppm).unwrap_or(u64::MAX)))
}

fn words(reference: u64, value: u64, noise_ppm: u64) -> &'static str {
    match worth(reference, value, noise_ppm) {
        Worth::Gain(_) => "gain",
        Worth::Loss(_) => "loss",
        Worth::NoGain => "no gain",
    }
}

/// The interval; the estimate alone would claim too much where that spans 1.
fn ratio(ratio: &Ratio) -> String {
    let ends = ends(ratio);
    match ratio.sign() {
        Sign::Unclear => format!("no verdict ({ends})"),
        Sign::Faster => format!("{} faster ({ends})", percent(1_000_000 - ratio.median_ppm.min(1_000_000))),
        Sign::Slower => format!("{} slower ({ends})", percent(ratio.median_ppm.saturating_sub(1_000_000))),
    }
}

fn ends(ratio: &Ratio) -> String {
    let times = |ppm: u64| format!("{}.{:03}", ppm / 1_000_000, ppm % 1_000_000 / 1_000);
    format!("{} to {}", times(ratio.low_ppm), times(ratio.high_ppm))
}

fn cost(measured: &[(Build, &Figures)], proof: &Proof) -> Grid {
    let mut grid = Grid::new(&[
        ("build", Column::Text),
        ("raw", Column::Number),
        ("gzip", Column::Number),
        ("brotli", Column::Number),
        ("build time", Column::Number),
        ("what it is", Column::Text),
    ]);
    for (build, figures) in measured {
        // The time of a part says nothing about the whole.
        let built =
            if figures.built_from_nothing { time(figures.build_ns) } else { format!("{} (a part)", time(figures.build_ns)) };
        let [raw, gzip, brotli] = [figures.raw_bytes, figures.gzip_bytes, figures.brotli_bytes].map(grouped);
        grid.row([build.to_string(), raw, gzip, brotli, built, summary(proof, *build)]);
    }
    grid
}

fn summary(proof: &Proof, build: Build) -> String {
    proof.builds.iter().find(|one| one.build == build).map_or_else(String::new, |one| one.summary.clone())
}

fn sections(measured: &[(Build, &Figures)]) -> Grid {
    let columns: Vec<(&str, Column)> = [("build", Column::Text)]
        .into_iter()
        .chain(SECTIONS.map(|name| (name, Column::Number)))
        .chain([("others", Column::Number)])
        .collect();
    let mut grid = Grid::new(&columns);
    for (build, figures) in measured {
        let of = |name: &str| figures.section_bytes.get(name).copied();
        let shown: u64 = SECTIONS.iter().filter_map(|name| of(name)).sum();
        let others = figures.section_bytes.values().sum::<u64>() - shown;
        let cells = SECTIONS.iter().map(|name| of(name).map_or("-".into(), grouped));
        grid.row([build.to_string()].into_iter().chain(cells).chain([grouped(others)]).collect::<Vec<_>>());
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_spans_one_gives_no_percentage() {
        let of = |low_ppm, median_ppm, high_ppm| ratio(&Ratio { low_ppm, median_ppm, high_ppm, pair_count: 9 });
        assert_eq!(of(980_000, 990_000, 1_010_000), "no verdict (0.980 to 1.010)");
        assert_eq!(of(880_000, 900_000, 910_000), "10.00 % faster (0.880 to 0.910)");
        assert_eq!(of(1_010_000, 1_020_500, 1_030_000), "2.05 % slower (1.010 to 1.030)");
    }

    #[test]
    fn no_time_says_more_than_the_reference_against_itself() {
        let of = |low_ppm, high_ppm| Some(Ratio { low_ppm, median_ppm: low_ppm.midpoint(high_ppm), high_ppm, pair_count: 9 });
        let pgo = Figures { held_out_ratio: of(880_000, 920_000), ..Figures::default() };
        let measured = [(Build::Reference, &Figures::default()), (Build::Pgo, &pgo)];
        let said = |itself: Itself| times_title(&itself) + &times(&measured, &itself).render(Form::Text(usize::MAX));
        let quiet = said(Itself { held_out: of(990_000, 1_010_000), start: None });
        assert!(quiet.contains("10.00 % faster (0.880 to 0.920)") && quiet.contains("0.990 to 1.010"), "{quiet}");
        let noisy = said(Itself { held_out: of(940_000, 960_000), start: None });
        assert!(noisy.contains("differs from itself here") && noisy.contains("no verdict (0.880 to 0.920)"), "{noisy}");
    }

    #[test]
    fn counts_stand_with_their_difference() {
        assert_eq!(against(Some(1_000_000), Some(901_234)), "901,234 (-9.87 %)");
        assert_eq!(against(Some(1_000), Some(1_100)), "1,100 (+10.00 %)");
        assert_eq!([against(Some(5), Some(5)), against(None, Some(5)), against(Some(5), None)], ["5", "5", "-"]);
    }
}
