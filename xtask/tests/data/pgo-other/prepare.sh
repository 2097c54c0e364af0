#!/bin/sh
# Makes a folder with the source of jaq, a JSON filter from the registry, with work for it, and with a policy, for
#   cargo xtask pgo --policy FOLDER/policy.toml
# Needs cargo, awk and the registry. The inputs are the same bytes every time.
set -eu
export LC_ALL=C
[ $# -eq 1 ] || { echo "usage: $0 FOLDER (a new one)" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir "$1"
cd "$1"

# A package that depends on it, for `cargo vendor`, the one command of cargo that hands out published sources.
cargo init --quiet --vcs none --name source source
(cd source && cargo add --quiet jaq@=3.1.2 && cargo vendor --quiet --versioned-dirs vendor >/dev/null)
# Its own Cargo.lock comes with it: the same dependencies at any time.
mv source/vendor/jaq-3.1.2 jaq
rm -r source

mkdir input
make() { awk -v kind="$1" -v count="$2" -v seed="$3" -f "$here/inputs.awk" >"input/$4"; }
# Training.
make events 3000 1 events.ndjson
make orders 400 2 orders.json
# Held out: other shapes, other sizes.
make readings 1500 3 readings.ndjson
make catalog 700 4 catalog.json
make events 500 5 later.ndjson
cp "$here/policy.toml" .
