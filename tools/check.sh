#!/usr/bin/env bash
# The checks that are no tests: format, vet, linters, module files, licences, other systems.
# Runs all of them and names those that failed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/go.sh

tool() { go tool -modfile=tools/go.mod "$@"; }

# silent fails when the command prints a diff. (stderr is left alone: a first run downloads modules.)
silent() {
	local out
	out=$("$@") && [[ -z $out ]] && return
	echo "$out"
	return 1
}

# elsewhere vets (and so compiles, tests included) and builds for a system without its C compiler.
elsewhere() {
	CGO_ENABLED=0 GOOS=$1 go build ./... && CGO_ENABLED=0 GOOS=$1 go vet ./...
}

failed=()
check() {
	local name=$1
	shift
	echo "check: $name"
	"$@" || failed+=("$name")
}

check gofumpt silent tool gofumpt -d .
check "go vet" go vet ./...
check staticcheck tool staticcheck ./...
check golangci-lint tool golangci-lint run ./...
check "go fix" silent go fix -diff ./...
check "go mod tidy" silent go mod tidy -diff
check licences tools/licences.sh
for system in linux windows darwin; do
	check "$system without cgo" elsewhere "$system"
done
check "32 bit without cgo" env CGO_ENABLED=0 GOARCH=386 go vet ./... # an int is smaller there

if ((${#failed[@]})); then
	printf 'check: failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
echo "check: all passed"
