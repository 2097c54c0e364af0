//! Good and bad profiles, gains and losses.

use super::*;

fn good() -> Health {
    Health {
        profile: Some("a.profdata".into()),
        run_count: Some(4),
        left_count: Some(4),
        raw_count: Some(4),
        raw_version: Some(10),
        toolchain_version: Some(10),
        function_count: 100,
        counted_count: 60,
        mismatch_count: Some(0),
        fitting_count: Some(3),
        ..Health::default()
    }
}

#[test]
fn small_differences_are_no_gain() {
    assert_eq!(worth(1_000_000, 995_000, 0), Worth::NoGain);
    assert_eq!(worth(1_000_000, 900_000, 9), Worth::Gain(100_000));
    assert_eq!(worth(1_000_000, 1_100_000, 0), Worth::Loss(100_000));
    assert_eq!(worth(0, 0, 0), Worth::NoGain);
    assert_eq!(worth(1_000_000, 980_000, 10_000), Worth::NoGain, "a program that does not do the same twice");
    assert_eq!((apart_ppm(100, 99), apart_ppm(0, 0)), (10_000, 0));
}

#[test]
fn a_good_profile_has_no_problem() {
    assert_eq!(problems(&good()), Vec::<String>::new());
    let elsewhere = Health { run_count: None, left_count: None, raw_count: None, ..good() };
    assert_eq!(problems(&elsewhere), Vec::<String>::new(), "of a profile from elsewhere there are no raw ones");
}

#[test]
fn each_problem_is_said() {
    let cases = [
        (Health { raw_count: Some(0), ..good() }, "no raw profile above zero"),
        (Health { raw_count: Some(2), ..good() }, "2 of the 4 raw profiles"),
        (Health { left_count: None, ..good() }, "did not come to its end"),
        (Health { raw_version: Some(9), ..good() }, "of version 9 and this toolchain's of 10"),
        (Health { unreadable: vec!["x.profraw: empty".into()], ..good() }, "1 raw profiles cannot be used, such as x.profraw"),
        (Health { counted_count: 0, ..good() }, "no function of the profile"),
        (Health { mismatch_count: Some(6), ..good() }, "6 times"),
        (Health { fitting_count: Some(2), ..good() }, "2 of the 60 functions that ran have their symbols in the program"),
        (
            Health { hot_count: Some(20), hot_counted_count: Some(3), hot_foreign_count: Some(10), ..good() },
            "3 of the 10 hot functions",
        ),
    ];
    for (health, want) in cases {
        let found = problems(&health);
        assert!(found.len() == 1 && found[0].contains(want), "{found:?} should be {want}");
    }
}

#[test]
fn hot_functions_are_those_that_take_nine_tenths() {
    let functions = [("hot", 800), ("warm", 150), ("cold", 50)].map(|(name, count)| (name.to_string(), count * 1_000));
    let work = Profile { total: 1_000_000, functions: functions.into() };
    let mut health = good();
    add_hot(&mut health, &work, &[("hot".to_string(), 9), ("cold".to_string(), 0)].into());
    assert_eq!((health.hot_count, health.hot_counted_count, health.hot_foreign_count), (Some(2), Some(1), Some(1)));
}
