#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME each (10m; 5000x means as many inputs). A finding is
# written to that package's testdata/fuzz, to be committed with its repair.
# Making new inputs smaller is bounded: Go's minute for each would eat a short dose.
set -euo pipefail
cd "$(dirname "$0")/.."

# `go test -list` prints a package's targets and then a line "ok <package> <time>".
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ { names[n++] = $1 }
	$1 == "ok" { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }')

failed=()
while read -r package target; do
	[[ -n $target ]] || continue
	echo "fuzz: $package $target"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10m}" -fuzzminimizetime 10x "$package" </dev/null ||
		failed+=("$package $target")
done <<<"$targets"

if ((${#failed[@]})); then
	printf 'fuzz: failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
