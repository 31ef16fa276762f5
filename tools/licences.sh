#!/usr/bin/env bash
# Every module that is linked into the binary, on any system, has its licence files, word for
# word, in LICENSES/<module path>/ and a line in THIRD_PARTY_NOTICES.md. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

linked() {
	local system
	for system in linux windows darwin; do
		GOOS=$system go list -deps \
			-f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./cmd/magicbutton || return
	done
}

bad=0
complain() {
	echo "licences: $*" >&2
	bad=1
}

modules=$(linked)
modules=$(sort -u <<<"$modules")
while read -r module folder; do
	[[ -n $module ]] || continue
	grep -qF "| $module |" THIRD_PARTY_NOTICES.md || complain "$module has no line in THIRD_PARTY_NOTICES.md"
	shopt -s nullglob
	texts=("$folder"/LICEN[CS]E* "$folder"/COPYING* "$folder"/NOTICE*)
	shopt -u nullglob
	((${#texts[@]})) || complain "$module ships no licence file; read $folder and write one"
	for text in "${texts[@]}"; do
		copy=LICENSES/$module/$(basename "$text")
		cmp -s "$text" "$copy" || complain "$copy is missing or differs: mkdir -p LICENSES/$module && cp $text $copy && chmod 644 $copy"
	done
done <<<"$modules"
exit $bad
