#!/bin/sh
# Makes a Debian machine ready for the USB lab (internal/usblab): installs what
# is missing and puts a Linux kernel, its modules and a static busybox into
# .cache/usblab of this checkout. A second run finds all of it and ends at once;
# delete .cache/usblab to get a newer kernel.
set -eu

packages="gcc libc6-dev qemu-system-x86 xz-utils e2fsprogs"

root=$(cd "$(dirname "$0")/.." && pwd)
lab=$root/.cache/usblab
modules=$root/internal/usblab/modules.txt

say() { echo "setup-lab: $*" >&2; }
die() { say "$*"; exit 1; }

command -v apt-get >/dev/null || die "this script knows apt only; install the like of: $packages"
[ "$(dpkg --print-architecture)" = amd64 ] || die "the lab's guest is amd64 only"

mkdir -p "$lab"
exec 9>"$lab/lock"
flock 9 # two runs at once would fight over apt and over the folder

missing=
for p in $packages; do
	dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
key=$(cat "$0" "$modules" | sha256sum | cut -d ' ' -f 1)
[ "$(cat "$lab/ready" 2>/dev/null || true)" = "$key" ] && kernel=cached || kernel=wanted
[ -z "$missing" ] && [ $kernel = cached ] && exit 0

as_root=
if [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; then
	[ "$(id -u)" = 0 ] || as_root=sudo
	$as_root apt-get -q update >&2
elif [ -n "$missing" ]; then
	die "not root and no sudo; run as root: apt-get update && apt-get install --no-install-recommends$missing"
fi # otherwise the package lists have to do as they are: a download needs no root

if [ -n "$missing" ]; then
	say "installing$missing"
	# shellcheck disable=SC2086 # a list of words
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		install --no-install-recommends $missing >&2
fi
[ $kernel = cached ] && exit 0

work=$(mktemp -d "$lab/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
# apt drops to its own user for a download where it may write; mktemp's 0700 would stop it.
chmod 755 "$work"
cd "$work"

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
[ -n "$image" ] || die "apt knows no kernel package that linux-image-amd64 depends on"
say "downloading $image and busybox-static"
# busybox-static is unpacked, not installed: it would push out the busybox that initramfs-tools needs.
apt-get -q download "$image" busybox-static >&2 || die "downloading $image and busybox-static: try after apt-get update, as root"
for deb in *.deb; do dpkg-deb -x "$deb" tree; done

mkdir -p new/modules
cp tree/bin/busybox new/busybox 2>/dev/null || cp tree/usr/bin/busybox new/busybox

# QEMU starts an uncompressed kernel (PVH) 2.5 s sooner than a bzImage, and any
# bzImage will do where the payload is not XZ.
vmlinuz=$(ls tree/boot/vmlinuz-*)
cp "$vmlinuz" new/kernel
for offset in $(LC_ALL=C grep -aboP '\xFD7zXZ\x00' "$vmlinuz" | cut -d : -f 1); do
	tail -c +$((offset + 1)) "$vmlinuz" | { xz -dc --single-stream >payload 2>/dev/null || true; cat >/dev/null; }
	if [ "$(head -c 4 payload | tail -c 3)" = ELF ]; then
		mv payload new/kernel
		break
	fi
done

builtin=$(find tree -name modules.builtin)
grep -v '^#' "$modules" | while read -r m; do
	file=$(find tree -name "$m.ko" -o -name "$m.ko.xz" | head -n 1)
	case $file in
	*.ko) cp "$file" new/modules/ ;;
	*.xz) xz -dc "$file" >"new/modules/$m.ko" ;;
	*) grep -q "/$(echo "$m" | sed 's/[-_]/[-_]/g').ko" "$builtin" || die "$image has no module $m" ;;
	esac
done
echo "$image" >new/version
rm -rf "$lab/linux"
mv new "$lab/linux"
echo "$key" >"$lab/ready"
say "ready: $image in $lab/linux"
