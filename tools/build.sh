#!/bin/sh
# Builds bin/magicbutton: with USB where a C compiler is at hand, without it elsewhere.
# CGO_ENABLED=0 in the environment leaves USB out by choice.
set -eu
cd "$(dirname "$0")/.."

. tools/go.sh

say() { echo "build: $*" >&2; }

# A compiler without the C library's headers (gcc without libc6-dev) cannot build USB either.
c_compiles() {
	printf '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n' |
		$(go env CC) -x c -fsyntax-only - 2>/dev/null
}

if [ "${CGO_ENABLED:-}" = 0 ]; then
	say "CGO_ENABLED=0 is set, so USB is left out"
elif c_compiles; then
	export CGO_ENABLED=1
else
	export CGO_ENABLED=0
	say "no working C compiler, so USB is left out: the terminal's keys work, USB buttons do not"
	say "to have USB, install one and run this again: sudo apt-get install gcc libc6-dev"
fi

say "bin/magicbutton (the first time takes about half a minute)"
go build -o bin/magicbutton ./cmd/magicbutton
