//! The README's table is the baseline's: `UPDATE_README=1 cargo test -p xtask --test readme` rewrites it.

use std::{env, fs, path::Path};
use xtask::{
    data::{baseline::Baselines, matrix::Part, metric::Metric, policy::Policy, variant::Variant},
    report::table::{Column, Form, Grid, grouped},
};

#[test]
fn the_table_in_the_readme_is_that_of_the_baseline() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let table =
        table(&Policy::parse(&read("baselines/policy.toml")).unwrap(), &Baselines::parse(&read("baselines/size.json")).unwrap());
    let readme = read("README.md");
    let (before, rest) = readme.split_once("```text\n").expect("the README has a table");
    let (found, after) = rest.split_once("```").unwrap();
    if env::var_os("UPDATE_README").is_some() {
        fs::write(root.join("README.md"), format!("{before}```text\n{table}```{after}")).unwrap();
        return;
    }
    assert!(found == table, "README.md is not current; run: UPDATE_README=1 cargo test -p xtask --test readme\n{table}");
}

fn table(policy: &Policy, baselines: &Baselines) -> String {
    let baseline = &baselines.optimizers[&format!("binaryen-{}", policy.optimizer.binaryen)];
    let value = |variant: &Variant, metric| baseline.variants[variant].0[&metric].value;
    let numbers = ["raw", "gzip", "brotli", "over the floor"].map(|title| (title, Column::Number));
    let mut grid = Grid::new(&[("variant", Column::Text)].into_iter().chain(numbers).collect::<Vec<_>>());
    for cell in policy.cells() {
        let raw = value(&cell.variant, Metric::RawBytes);
        let over = match &cell.part {
            Part::Subject { floor: Some(floor) } => grouped(raw - value(floor, Metric::RawBytes)),
            Part::Subject { floor: None } => "-".to_string(),
            Part::Floor | Part::BuiltInFloor => "floor".to_string(),
        };
        let compressed = [Metric::GzipBytes, Metric::BrotliBytes].map(|metric| grouped(value(&cell.variant, metric)));
        let [gzip, brotli] = compressed;
        grid.row([cell.variant.to_string(), grouped(raw), gzip, brotli, over]);
    }
    grid.render(Form::Text(usize::MAX))
}
