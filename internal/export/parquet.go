package export

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
)

// A Parquet file as github.com/apache/parquet-format describes it: row groups of a
// column chunk each, a chunk being a page with the dictionary, where the column has
// one, and a page with the rows. Only writing is needed, and only flat columns, so
// it is done here: linking a library costs every start of the program more than the
// program's own beginning may take (docs/tallies.md has the numbers).

// Numbers of parquet.thrift.
const (
	parquetBoolean   = 0
	parquetInt32     = 1
	parquetInt64     = 2
	parquetByteArray = 6

	encodingPlain      = 0
	encodingRLE        = 3
	encodingDictionary = 8 // RLE_DICTIONARY

	codecGzip = 2

	pageData       = 0
	pageDictionary = 2
)

const parquetMagic = "PAR1"

const (
	// groupRows bounds a row group. DuckDB gives a thread whole groups, and counts
	// in 122,880 rows; more only costs memory, here and there.
	groupRows = 122_880
	// groupBytes bounds one whose notes are long.
	groupBytes = 24 << 20
)

// parquetFile writes a Parquet file, a row group in memory at a time.
type parquetFile struct {
	w       io.Writer
	err     error
	at      int64 // bytes written
	columns []*parquetColumn
	meta    []string // names and values in turns
	rows    int      // of the group
	bytes   int      // of its plain values
	total   int64
	groups  []parquetGroup
	zip     *gzip.Writer
	packed  bytes.Buffer
	most    int // rows of a group
}

// parquetGroup is a row group that was written.
type parquetGroup struct {
	rows   int
	chunks []parquetChunk
}

// parquetChunk says where a column's part of a row group is.
type parquetChunk struct {
	dictionary, data int64 // where the pages begin; dictionary is 0 where there is none
	plain, packed    int64 // bytes with the pages' headers
	least, most      []byte
	nulls            int
}

// newParquet begins a file. meta are names and values in turns; a value that is ""
// is left out.
func newParquet(w io.Writer, columns []column, meta ...string) *parquetFile {
	p := &parquetFile{w: w, most: groupRows}
	for i := 0; i < len(meta); i += 2 {
		if meta[i+1] != "" {
			p.meta = append(p.meta, meta[i], meta[i+1])
		}
	}
	for _, c := range columns {
		p.columns = append(p.columns, newParquetColumn(c))
	}
	p.zip, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one
	p.write([]byte(parquetMagic))
	return p
}

func (p *parquetFile) write(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
	p.at += int64(len(b))
}

func (p *parquetFile) row(cells []value) error {
	for i, c := range p.columns {
		p.bytes += c.add(cells[i])
	}
	p.rows++
	if p.rows == p.most || p.bytes >= groupBytes {
		p.endGroup()
	}
	return p.err
}

// endGroup writes the rows that are in memory.
func (p *parquetFile) endGroup() {
	g := parquetGroup{rows: p.rows}
	for _, c := range p.columns {
		chunk := parquetChunk{least: c.bound(c.least), most: c.bound(c.most), nulls: c.nulls}
		from := p.at
		if c.dictionary != nil {
			chunk.dictionary = p.at
			chunk.plain += p.page(pageDictionary, encodingPlain, c.words, len(c.dictionary))
		}
		chunk.data = p.at
		chunk.plain += p.page(pageData, c.encoding(), c.page(), c.rows)
		chunk.packed = p.at - from
		g.chunks = append(g.chunks, chunk)
		c.reset()
	}
	p.groups = append(p.groups, g)
	p.total += int64(p.rows)
	p.rows, p.bytes = 0, 0
}

// page writes a page and returns its size before it was packed.
func (p *parquetFile) page(kind, encoding int64, plain []byte, values int) int64 {
	p.packed.Reset()
	p.zip.Reset(&p.packed)
	_, _ = p.zip.Write(plain) // into memory
	_ = p.zip.Close()
	var t thrift
	t.push()
	t.i32(1, kind)
	t.i32(2, int64(len(plain)))
	t.i32(3, int64(p.packed.Len()))
	if kind == pageDictionary {
		t.open(7)
	} else {
		t.open(5)
	}
	t.i32(1, int64(values))
	t.i32(2, encoding)
	if kind == pageData { // how it would be said which values are null, or repeat
		t.i32(3, encodingRLE)
		t.i32(4, encodingRLE)
	}
	t.close()
	t.close()
	p.write(t.b)
	p.write(p.packed.Bytes())
	return int64(len(t.b) + len(plain))
}

// end writes the last row group and where all of them are.
func (p *parquetFile) end() error {
	if p.rows > 0 {
		p.endGroup()
	}
	footer := p.footer()
	p.write(footer)
	p.write(binary.LittleEndian.AppendUint32(nil, uint32(len(footer))))
	p.write([]byte(parquetMagic))
	return p.err
}
