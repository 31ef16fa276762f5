package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// maskedEvents are two events of one conversation, and what tells of them which desk it
// was and when: texts, and the instants as each format may write them.
func maskedEvents() (masked, real []cx.Event, secrets []string) {
	e := newEvent("2026-11-17T09:37:41.123Z", 4711)
	e.Desk, e.Site, e.Device, e.Key = "counter seven", "Bonn", "04d9:1203#SN77", "Keypad 5"
	e.RecordedAt = at("2026-11-17T09:38:59.456Z")
	e.Note = "said in so many words"
	other := e
	other.ID = cx.MakeID(at("2026-11-17T09:37:52.789Z"), testOrigin, 4712)
	real = []cx.Event{e, other}
	m := cx.NewMask()
	for _, e := range real {
		masked = append(masked, m.Event(e))
	}
	secrets = []string{
		e.Desk, e.Device, e.Key, testOrigin.String(), e.ID.String(), other.ID.String(), e.ID.String()[:10], other.ID.String()[:10],
		"09:37", "09:38", "10:37", "41.123", "52.789", "59.456",
	}
	return masked, real, secrets
}

// No format has a byte of what a mask takes away, and all of them have the rest. The
// control is the same events without a mask.
func TestMaskedInEveryFormat(t *testing.T) {
	masked, real, secrets := maskedEvents()
	history := func(list []cx.Event) func(cx.ID) ([]cx.Event, error) {
		return func(cx.ID) ([]cx.Event, error) { return list[:1], nil }
	}
	for _, f := range export.EventFormats() {
		for _, name := range []string{"UTC", "Europe/Berlin"} {
			loc := zone(t, name)
			o, control := export.EventOptions{Zone: loc}, export.EventOptions{Zone: loc}
			if f == export.JSON || f == export.NDJSON {
				o.History, control.History = history(masked), history(real)
			}
			rows := readers[f](t, writeEvents(t, f, masked, o))
			for _, row := range rows {
				if row["desk"]+row["device"]+row["key"] != "" || row["site"] != "Bonn" || row["note"] != "said in so many words" {
					t.Errorf("%s: row %v", f, row)
				}
				if row["at"] != "2026-11-17T09:30:00.000Z" {
					t.Errorf("%s: at %s", f, row["at"])
				}
			}
			if rows[0]["conversation"] != rows[0]["id"] || rows[1]["conversation"] != rows[0]["id"] {
				t.Errorf("%s: conversations %s and %s of %s", f, rows[0]["conversation"], rows[1]["conversation"], rows[0]["id"])
			}
			told := 0
			plain, raw := unpacked(t, f, writeEvents(t, f, masked, o)), unpacked(t, f, writeEvents(t, f, real, control))
			for _, secret := range append(secrets, instantBytes(real)...) {
				if bytes.Contains(plain, []byte(secret)) {
					t.Errorf("%s in %s tells %q", f, name, secret)
				}
				if bytes.Contains(raw, []byte(secret)) {
					told++
				}
			}
			if told < 5 {
				t.Errorf("%s without a mask tells only %d of the secrets: the test does not look well", f, told)
			}
		}
	}
}

// A masked export is taken by no import: its events stand for none.
func TestMaskedIsNoImport(t *testing.T) {
	masked, real, _ := maskedEvents()
	good := newEvent("2026-11-17T09:30:00Z", 9) // a whole quarter hour, and no mask
	good.Device, good.Key, good.Desk = "", "", ""
	for name, tt := range map[string]struct {
		events []cx.Event
		want   bool
	}{
		"masked":                     {masked, true},
		"behind others":              {slices.Concat([]cx.Event{good, real[0], real[1]}, masked), true},
		"at a whole quarter, unsaid": {[]cx.Event{good, real[0]}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			for _, e := range export.ReadEvents(bytes.NewReader(writeEvents(t, export.CSV, tt.events, export.EventOptions{}))) {
				err = errors.Join(err, e)
			}
			if told := err != nil && strings.Contains(err.Error(), "privacy level site"); told != tt.want {
				t.Errorf("CSV: error %v", err)
			}
			err = nil
			for _, e := range export.ReadStored(bytes.NewReader(writeEvents(t, export.NDJSON, tt.events, export.EventOptions{}))) {
				err = errors.Join(err, e)
			}
			if told := err != nil && strings.Contains(err.Error(), "privacy level site"); told != tt.want {
				t.Errorf("NDJSON: error %v", err)
			}
		})
	}
}

// unpacked is all that a file says: its bytes, what is compressed in it, and its cells.
func unpacked(t *testing.T, f export.Format, file []byte) []byte {
	t.Helper()
	out := slices.Clone(file)
	for _, row := range readers[f](t, file) {
		for _, column := range slices.Sorted(maps.Keys(row)) {
			out = append(append(out, row[column]...), '\n')
		}
	}
	if f != export.XLSX {
		return out
	}
	parts, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text...)
	}
	return out
}

// instantBytes are the instants of events as Parquet writes them, and as Unix ms.
func instantBytes(events []cx.Event) (out []string) {
	for _, e := range events {
		for _, ms := range []int64{e.ID.UnixMilli(), e.RecordedAt.UnixMilli()} {
			out = append(out, string(binary.LittleEndian.AppendUint64(nil, uint64(ms))), strconv.FormatInt(ms, 10))
		}
	}
	return out
}
