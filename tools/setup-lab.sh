#!/bin/sh
# Makes a Debian machine ready for the USB lab (internal/usblab): installs what
# is missing and puts a Linux kernel, its modules and a static busybox into
# .cache/usblab of this checkout. A second run finds all of it and ends at once;
# delete .cache/usblab to get a newer kernel.
set -eu
export LC_ALL=C # what apt and grep say is parsed here

packages="gcc libc6-dev qemu-system-x86 xz-utils e2fsprogs"

root=$(cd "$(dirname "$0")/.." && pwd)
lab=$root/.cache/usblab
modules=$root/internal/usblab/modules.txt

name=setup-lab
. "$root/tools/packages.sh"

[ "$(dpkg --print-architecture)" = amd64 ] || die "the lab's guest is amd64 only"

mkdir -p "$lab"
exec 9>"$root/.cache/packages.lock"
flock 9 # two runs at once would fight over apt and over the folder

missing=$(not_installed "$packages")
key=$(cat "$0" "$modules" | sha256sum | cut -d ' ' -f 1)
[ "$(cat "$lab/ready" 2>/dev/null || true)" = "$key" ] && kernel=cached || kernel=wanted
[ -z "$missing" ] && [ $kernel = cached ] && exit 0

install_packages "$missing"
[ $kernel = cached ] && exit 0

work=$(mktemp -d "$lab/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # dash runs the line above for an exit, not for a signal
cd "$work"

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
[ -n "$image" ] || die "apt knows no package linux-image-amd64; as root, then try again: apt-get update"
say "downloading $image and busybox-static"
# busybox-static is unpacked, not installed: it would push out the busybox that initramfs-tools needs.
# apt's own user, which it drops to for downloads, may not write here; apt warns of that at length.
apt-get -q -o APT::Sandbox::User="$(id -un)" download "$image" busybox-static >&2 ||
	die "that failed; as root, then try again: apt-get update"
for deb in *.deb; do dpkg-deb -x "$deb" tree; done

mkdir -p new/modules
cp tree/bin/busybox new/busybox 2>/dev/null || cp tree/usr/bin/busybox new/busybox

# QEMU starts an uncompressed kernel (PVH) 2.5 s sooner than a bzImage, and any
# bzImage will do where the payload is not XZ.
vmlinuz=$(ls tree/boot/vmlinuz-*)
cp "$vmlinuz" new/kernel
for offset in $(grep -aboP '\xFD7zXZ\x00' "$vmlinuz" | cut -d : -f 1); do
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
