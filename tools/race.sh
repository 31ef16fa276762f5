#!/usr/bin/env bash
# Runs the tests under the race detector, all but those of the USB lab: there the binary runs
# in a guest, where this process's detector sees nothing. Needs a C compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t packages < <(go list ./... | grep -v '/internal/usblab')
exec go test -race "${packages[@]}"
