// Package export writes tallies and events as CSV, JSON, NDJSON, workbooks (XLSX)
// and Parquet, tallies as Markdown too, and reads events back from CSV.
//
// What it writes is a contract with scripts: columns, their order, the form of
// each cell and the order of a JSON object's keys do not change.
//
// CSV is RFC 4180 but for line ends, which are a bare LF, as everything else on
// these systems has it; reading takes CR LF as well. It is UTF-8, without a byte
// order mark on output, with or without on input.
//
// A spreadsheet runs a cell that begins with = + - @ as a formula, so a text
// cell or header that begins with one of those, or with ' tab or CR, is written
// with a ' before it, and reading takes exactly that ' off again: a ' that
// stands before anything else belongs to the text. Numbers, instants, booleans
// and ids are never touched.
//
// Instants are RFC 3339 in UTC with milliseconds. The year has five digits where
// a device's clock was as wild as that.
//
// A workbook and a Parquet file have the columns of the CSV, with typed cells: a
// number is one, an instant is a date and time, and what is not known is no cell or
// a null. See [WriteTally] and [WriteEvents].
package export

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// Format is a way of writing tallies and events.
type Format string

// The formats.
const (
	CSV      Format = "csv"
	JSON     Format = "json"
	NDJSON   Format = "ndjson"
	Markdown Format = "md"
	XLSX     Format = "xlsx"
	Parquet  Format = "parquet"
)

var formats = []Format{CSV, JSON, NDJSON, Markdown, XLSX, Parquet}

// Formats returns the formats, in which tallies can be written.
func Formats() []Format { return slices.Clone(formats) }

// EventFormats returns the formats in which events can be written.
func EventFormats() []Format { return []Format{CSV, JSON, NDJSON, XLSX, Parquet} }

// Text reports whether a format is lines of text that a program can pass on as they
// come: CSV, JSON and NDJSON.
func (f Format) Text() bool { return f == CSV || f == JSON || f == NDJSON }

// Binary reports whether a format is nothing for a terminal.
func (f Format) Binary() bool { return f == XLSX || f == Parquet }

// FormatOf returns the format that the ending of a file's name says, "" for none.
func FormatOf(path string) Format {
	ending := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if slices.Contains(formats, Format(ending)) {
		return Format(ending)
	}
	return ""
}

// ParseFormat reads the name of a format; "" is not one.
func ParseFormat(s string) (Format, error) {
	if slices.Contains(formats, Format(s)) {
		return Format(s), nil
	}
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	if near := cx.Nearest(s, names); near != "" {
		return "", fmt.Errorf("unknown format %q (did you mean %q?)", clip(s), near)
	}
	return "", fmt.Errorf("unknown format %q (known: %s)", clip(s), strings.Join(names, ", "))
}

// clip shortens what is quoted in an error: bad input may be long.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
