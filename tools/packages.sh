# shellcheck shell=sh
# Sourced by the set-up scripts, which give their name in $name: Debian's packages, as root or with sudo.

say() { echo "$name: $*" >&2; }
die() { say "$*"; exit 1; }

# not_installed prints those of some packages that are not installed.
not_installed() {
	command -v apt-get >/dev/null || die "this script knows apt only; install the like of: $1"
	for p in $1; do
		dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || printf ' %s' "$p"
	done
}

# install_packages brings apt's lists up to date and installs what not_installed has printed, if anything.
install_packages() {
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	install="apt-get install --no-install-recommends$1"
	by_hand="as root, then try again: apt-get update && $install"
	if [ -z "$as_root" ] || command -v sudo >/dev/null; then
		[ -z "$as_root" ] || say "asking sudo for: apt-get update${1:+ && $install}"
		# Somebody else's broken source, or no sudo for this user, need not be in the way of what follows.
		$as_root apt-get -q update >&2 || say "apt-get update failed; going on with the package lists as they are"
	elif [ -n "$1" ]; then
		die "not root and no sudo; $by_hand"
	fi # otherwise the package lists have to do as they are: a download needs no root
	[ -n "$1" ] || return 0
	say "installing$1"
	# shellcheck disable=SC2086 # a list of words
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends $1 >&2 || die "that failed; $by_hand"
}
