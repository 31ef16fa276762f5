package export

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// A workbook as ECMA-376 describes it, written from its beginning to its end with a
// row in memory: texts stand in their cells, not in a table of all of them. Only
// writing is needed, so it is done here: linking a library costs every start of the
// program more than the program's own beginning may take, and the library that there
// is holds the packed workbook in memory (docs/tallies.md has the numbers).

// sheetRows is how many rows a sheet can have (ECMA-376 leaves it open; Excel's
// limit, "Excel specifications and limits").
const sheetRows = 1_048_576

// Styles of cells, by their place in cellXfs of xlsxStyles.
const (
	styleNone = iota
	styleHeader
	styleInstant
	styleDay
	styleHour
)

// xlsxFile writes a workbook. What goes on for longer than a sheet goes on in the
// next, so that nothing is left out.
type xlsxFile struct {
	zip     *zip.Writer
	sheet   *bufio.Writer // nil before the first
	err     error
	zone    *time.Location
	columns []column
	name    string // of what is written: the sheet's, and with a number that of those that follow
	part    int    // of the sheets of that name, from 1
	rows    int    // of the sheet, its header too
	sheets  []xlsxSheet
	most    int // rows of a sheet
	b       []byte
}

// xlsxSheet is a sheet that was begun.
type xlsxSheet struct {
	name  string
	cells string // its range, as A1:C7
}

func newXLSX(w io.Writer, zone *time.Location) *xlsxFile {
	x := &xlsxFile{zip: zip.NewWriter(w), zone: zone, most: sheetRows}
	// Four times as quick as the usual level, and a sixth larger.
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return x
}

// eventXLSX is a workbook of events. Beside what the zone's clock showed, which may
// show an hour twice a year, stands the instant in UTC.
type eventXLSX struct {
	*xlsxFile
	cells []value
}

const colAtUTC = colAt + 1

func newEventXLSX(w io.Writer, columns []column, zone *time.Location) *eventXLSX {
	x := newXLSX(w, zone)
	x.begin("events", slices.Insert(columns, colAtUTC, column{name: "at_utc", kind: kindInstant, utc: true}))
	return &eventXLSX{xlsxFile: x}
}

func (x *eventXLSX) row(cells []value) error {
	x.cells = append(append(append(x.cells[:0], cells[:colAtUTC]...), cells[colAt]), cells[colAtUTC:]...)
	return x.xlsxFile.row(x.cells)
}

// begin begins a sheet, and ends the one before.
func (x *xlsxFile) begin(name string, columns []column) {
	x.endSheet()
	x.name, x.columns, x.part = name, columns, 0
	x.next()
}

// next begins the next sheet of the same name.
func (x *xlsxFile) next() {
	x.part++
	name := x.name
	if x.part > 1 {
		name += " " + strconv.Itoa(x.part)
	}
	x.sheets = append(x.sheets, xlsxSheet{name: name})
	x.open(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.sheets)))
	x.b = append(x.b[:0], xmlHeader+`<worksheet xmlns="`+spreadsheetML+`"><sheetViews><sheetView workbookViewId="0"`...)
	if len(x.sheets) == 1 {
		x.b = append(x.b, ` tabSelected="1"`...)
	}
	x.b = append(x.b, `><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`...)
	for i, c := range x.columns {
		x.b = fmt.Appendf(x.b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, c.width())
	}
	x.b = append(x.b, `</cols><sheetData><row r="1">`...)
	for i, c := range x.columns {
		title := c.name
		if c.kind == kindInstant && !c.utc {
			title = fmt.Sprintf("%s (%s)", c.name, x.zone)
		}
		x.text(i, 1, styleHeader, textCell(title))
	}
	x.b = append(x.b, "</row>"...)
	x.rows = 1
	x.flush()
}

// open begins a file of the archive.
func (x *xlsxFile) open(name string) {
	if x.err != nil {
		return
	}
	w, err := x.zip.Create(name)
	x.err = err
	if x.sheet == nil {
		x.sheet = bufio.NewWriterSize(nil, writeBytes)
	}
	x.sheet.Reset(w)
}

func (x *xlsxFile) flush() {
	if x.err == nil {
		_, x.err = x.sheet.Write(x.b)
	}
}

func (x *xlsxFile) row(cells []value) error {
	if x.rows == x.most {
		x.endSheet()
		x.next()
	}
	x.rows++
	x.b = append(x.b[:0], `<row r="`...)
	x.b = append(strconv.AppendInt(x.b, int64(x.rows), 10), `">`...)
	for i, v := range cells {
		if !v.null {
			x.cell(i, v)
		}
	}
	x.b = append(x.b, "</row>"...)
	x.flush()
	return x.err
}

// cell writes a cell of the row that has begun.
func (x *xlsxFile) cell(i int, v value) {
	switch c := x.columns[i]; c.kind {
	case kindWord, kindText:
		if v.text == "" {
			return
		}
		if !c.raw {
			v.text = textCell(v.text)
		}
		x.text(i, x.rows, styleNone, v.text)
	case kindBool:
		x.begun(i, x.rows, styleNone, "b")
		x.b = append(strconv.AppendInt(append(x.b, "<v>"...), v.n, 10), "</v></c>"...)
	case kindInstant:
		zone := x.zone
		if c.utc {
			zone = time.UTC
		}
		x.instant(i, time.UnixMilli(v.n).In(zone))
	case kindDay:
		x.number(i, styleDay, float64(v.n+unixDay))
	case kindHour:
		x.number(i, styleHour, float64(v.n))
	default:
		x.number(i, styleNone, float64(v.n))
	}
}

// unixDay is 1970-01-01 as a day of a spreadsheet, of which 1 is 1900-01-01 and 60 a
// day that was none.
const unixDay = 25569

// instant writes what a clock showed. A year of five digits is a text.
func (x *xlsxFile) instant(i int, t time.Time) {
	if t.Year() > 9999 {
		x.text(i, x.rows, styleNone, instantCell(t))
		return
	}
	_, offset := t.Zone()
	x.number(i, styleInstant, float64(t.UnixMilli()+int64(offset)*1000)/millisPerDay+unixDay)
}

func (x *xlsxFile) number(i, style int, n float64) {
	x.begun(i, x.rows, style, "")
	x.b = append(strconv.AppendFloat(append(x.b, "<v>"...), n, 'f', -1, 64), "</v></c>"...)
}

func (x *xlsxFile) text(i, row, style int, s string) {
	x.begun(i, row, style, "inlineStr")
	x.b = append(x.b, `<is><t xml:space="preserve">`...)
	x.b = appendXML(x.b, s)
	x.b = append(x.b, "</t></is></c>"...)
}

// begun writes the beginning of a cell, whose type is a number where it is "".
func (x *xlsxFile) begun(i, row, style int, kind string) {
	x.b = appendCellName(append(x.b, `<c r="`...), i, row)
	if style != styleNone {
		x.b = strconv.AppendInt(append(x.b, `" s="`...), int64(style), 10)
	}
	if kind != "" {
		x.b = append(append(x.b, `" t="`...), kind...)
	}
	x.b = append(x.b, `">`...)
}

// appendCellName writes the name of a cell, such as B7. There are fewer columns than
// letters.
func appendCellName(b []byte, i, row int) []byte {
	return strconv.AppendInt(append(b, 'A'+byte(i)), int64(row), 10)
}

func (x *xlsxFile) endSheet() {
	if len(x.sheets) == 0 || x.err != nil {
		return
	}
	last := &x.sheets[len(x.sheets)-1]
	last.cells = "A1:" + string(appendCellName(nil, len(x.columns)-1, x.rows))
	x.b = append(x.b[:0], `</sheetData><autoFilter ref="`+last.cells+`"/></worksheet>`...)
	x.flush()
	if x.err == nil {
		x.err = x.sheet.Flush()
	}
}

// end writes what stands around the sheets.
func (x *xlsxFile) end() error {
	x.endSheet()
	for _, f := range x.parts() {
		x.open(f.name)
		x.b = append(x.b[:0], f.text...)
		x.flush()
		if x.err == nil {
			x.err = x.sheet.Flush()
		}
	}
	if x.err == nil {
		x.err = x.zip.Close()
	}
	return x.err
}

// width is how wide a column is, in digits of the usual font.
func (c column) width() int {
	switch {
	case c.kind == kindInstant:
		return 26
	case c.kind == kindText && c.raw:
		return 30 // an id
	case c.kind == kindText:
		return 60
	case c.kind == kindWord && !c.raw:
		return 18
	}
	return max(len(c.name)+4, 12) // room for the filter's arrow
}
