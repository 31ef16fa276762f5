package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

func newContactsImportCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Import contacts from CSV",
		Long: `Import contacts from CSV with the columns week and contacts, and site and channel
where there are any, in any order, separated by commas. A week is written 2026-W47.

The whole file is checked first: where a line is bad nothing is stored, and every
bad line is named. A number that is there already is replaced.`,
		Example: `  magicbutton contacts import contacts.csv
  magicbutton contacts import telephone-system.csv --db desk.db`,
		Args:              oneArg("FILE.csv"),
		ValidArgsFunction: cobra.FixedCompletions([]string{"csv"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runContactsImport(cmd.Context(), p, args[0])
		},
	}
	addDBFlag(cmd)
	return cmd
}

// maxContactsBytes bounds a file of contacts: a week's line of each channel of a
// hundred sites over a hundred years is less.
const maxContactsBytes = 10 << 20

func runContactsImport(ctx context.Context, p place, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("importing: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxContactsBytes+1))
	if err == nil && len(b) > maxContactsBytes {
		err = fmt.Errorf("it is larger than %s", size(maxContactsBytes))
	}
	if err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	all, bad := readContacts(b)
	if len(bad) > 0 {
		for _, line := range bad {
			say(p.env.Stderr, "%s: %s", path, line)
		}
		return hinted{
			fmt.Errorf("importing %s: %s; nothing was stored", path, plural(len(bad), "bad line")),
			"magicbutton contacts import --help names the columns",
		}
	}
	return p.changeLedger(ctx, true, func(l ledger) error {
		known, err := l.Contacts(ctx)
		if err != nil {
			return err
		}
		whole := cx.Together(known, all)
		if err := sitesExceed(cx.SitesExceed(whole)); err != nil {
			return fmt.Errorf("importing %s: nothing was stored: %w", path, err)
		}
		if err := l.SetContacts(ctx, all); err != nil {
			return fmt.Errorf("importing %s: nothing was stored: %w", path, err)
		}
		replaced := 0
		for _, k := range known {
			if slices.ContainsFunc(all, func(c cx.Contacts) bool { return c.Key() == k.Key() && c.Count != k.Count }) {
				replaced++
			}
		}
		say(p.env.Stderr, "imported the contacts of %s; %d of them replaced another number", plural(len(all), "line"), replaced)
		p.doubtContacts(ctx, l, all, whole)
		return nil
	})
}

// The columns of a file of contacts.
const (
	columnWeek = iota
	columnContacts
	columnSite
	columnChannel
)

var contactsColumns = []string{"week", "contacts", "site", "channel"}

// readContacts reads a file, and says what is wrong with each bad line.
func readContacts(b []byte) (all []cx.Contacts, bad []string) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, []string{"it is not text in UTF-8: save it as CSV (UTF-8)"}
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	refuse := func(line int, err error) {
		bad = append(bad, fmt.Sprintf("line %d: %s", line, strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	var index []int // of each column, -1 for none
	lines := make(map[cx.ContactsKey]int)
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			if index == nil && len(bad) == 0 {
				bad = []string{"it is empty: want the columns week and contacts"}
			}
			return all, bad
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			refuse(syntax.Line, syntax.Err)
			return nil, bad // where it goes on cannot be told
		}
		line, _ := in.FieldPos(0)
		if index == nil {
			if index, err = contactsHeader(record); err != nil {
				refuse(line, err)
				return nil, bad
			}
			continue
		}
		c, err := contactsRow(record, index)
		if first, twice := lines[c.Key()]; err == nil && twice {
			err = fmt.Errorf("line %d has a number for this already", first)
		}
		if err == nil {
			err = bothInFile(lines, c)
		}
		if err != nil {
			refuse(line, err)
			continue
		}
		lines[c.Key()] = line
		all = append(all, c)
	}
}

// bothInFile refuses a total beside numbers per channel.
func bothInFile(lines map[cx.ContactsKey]int, c cx.Contacts) error {
	for _, channel := range append(cx.Channels(), "") {
		k := c.Key()
		k.Channel = channel
		if first, ok := lines[k]; ok && (channel == "") != (c.Channel == "") {
			return fmt.Errorf("line %d is of the same week: a total and numbers per channel exclude each other", first)
		}
	}
	return nil
}

func contactsHeader(record []string) ([]int, error) {
	if len(record) == 1 && strings.ContainsAny(record[0], ";\t") {
		return nil, errors.New("the columns are separated by semicolons or tabs: want commas")
	}
	index := []int{-1, -1, -1, -1}
	var errs []error
	for i, cell := range record {
		name := strings.ToLower(strings.TrimSpace(cell))
		at := slices.Index(contactsColumns, name)
		switch {
		case at < 0:
			err := fmt.Errorf("unknown column %q", name)
			if near := cx.Nearest(name, contactsColumns); near != "" {
				err = fmt.Errorf("%w (did you mean %q?)", err, near)
			}
			errs = append(errs, err)
		case index[at] >= 0:
			errs = append(errs, fmt.Errorf("column %q is there twice", name))
		default:
			index[at] = i
		}
	}
	for _, at := range []int{columnWeek, columnContacts} {
		if index[at] < 0 {
			errs = append(errs, fmt.Errorf("column %q is missing", contactsColumns[at]))
		}
	}
	return index, errors.Join(errs...)
}

func contactsRow(record []string, index []int) (cx.Contacts, error) {
	cell := func(column int) string {
		if at := index[column]; at >= 0 && at < len(record) {
			return plainCell(strings.TrimSpace(record[at]))
		}
		return ""
	}
	var errs []error
	note := func(err error) { errs = append(errs, err) }
	if len(record) > len(index)-countOf(index, -1) {
		note(fmt.Errorf("%d cells, and the header has %d", len(record), len(index)-countOf(index, -1)))
	}
	week, err := cx.ParseWeek(cell(columnWeek))
	note(err)
	n, err := count("contacts", cell(columnContacts))
	note(err)
	channel, err := cx.ParseChannel(cell(columnChannel))
	note(err)
	c := cx.Contacts{Week: week, Site: cell(columnSite), Channel: channel, Count: n}
	if errors.Join(errs...) == nil {
		note(c.Check())
	}
	return c, errors.Join(errs...)
}

func countOf(list []int, value int) (n int) {
	for _, v := range list {
		if v == value {
			n++
		}
	}
	return n
}

// plainCell takes off the ' that keeps a spreadsheet from running a text, as the
// exports write it.
func plainCell(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@'\t\r", s[1]) >= 0 {
		return s[1:]
	}
	return s
}
