# shellcheck shell=sh
# Sourced by the scripts, in the checkout's folder: stops where Go is missing or too old, and lets
# it build in a folder that belongs to somebody else.

if ! command -v go >/dev/null; then
	echo "go is not on PATH; Go 1.26 or newer is needed: https://go.dev/doc/install" >&2
	exit 1
fi
# Old ones (Debian 12's own is 1.19) say no more than that go.mod is invalid.
if ! go list -m >/dev/null; then
	echo "$(go version) does not do; Go 1.26 or newer is needed: https://go.dev/doc/install" >&2
	exit 1
fi

# git does not touch a folder of another user (root in a container that mounts it), and then
# `go build` fails: it asks git for the commit that `magicbutton version` shows.
if ! git rev-parse HEAD >/dev/null 2>&1; then
	GOFLAGS="$(go env GOFLAGS) -buildvcs=false"
	export GOFLAGS
fi
