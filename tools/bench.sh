#!/usr/bin/env bash
# Measures the program against its peers (bench/) and prints every ratio beside its target.
# BENCH chooses benches by name, EVENTS is how many the large database has, FOLDER keeps the
# databases for the next run. Needs a C compiler; strace and sqlite3 where they are installed.
# Targets that were missed are no failure: on a busy machine they say little.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/go.sh

tools/build.sh
mkdir -p .cache
folder=${FOLDER:+$(realpath -m "$FOLDER")}
cd bench
go build -o ../.cache/bench .
exec ../.cache/bench -binary ../bin/magicbutton -run "${BENCH:-.}" -events "${EVENTS:-10000000}" ${folder:+-folder "$folder"}
