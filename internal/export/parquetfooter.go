package export

// footer returns the file's metadata: FileMetaData of parquet.thrift.
func (p *parquetFile) footer() []byte {
	var t thrift
	t.push()
	t.i32(1, 1) // version
	t.list(2, thriftStruct, len(p.columns)+1)
	t.push() // the root of the schema
	t.text(4, "schema")
	t.i32(5, int64(len(p.columns)))
	t.close()
	for _, c := range p.columns {
		c.schema(&t)
	}
	t.i64(3, p.total)
	t.list(4, thriftStruct, len(p.groups))
	for i := range p.groups {
		p.group(&t, &p.groups[i])
	}
	if n := len(p.meta) / 2; n > 0 {
		t.list(5, thriftStruct, n)
		for i := range n {
			t.push()
			t.text(1, p.meta[2*i])
			t.text(2, p.meta[2*i+1])
			t.close()
		}
	}
	t.text(6, "CX magic button")
	t.list(7, thriftStruct, len(p.columns)) // the bounds are in the order of the types
	for range p.columns {
		t.push()
		t.empty(1)
		t.close()
	}
	t.close()
	return t.b
}

// schema writes a column's SchemaElement.
func (c *parquetColumn) schema(t *thrift) {
	t.push()
	t.i32(1, c.physical())
	repetition := int64(0) // required
	if c.optional {
		repetition = 1
	}
	t.i32(3, repetition)
	t.text(4, c.name)
	// The converted type, for readers from before 2017, and the logical one.
	switch c.kind {
	case kindWord, kindText:
		t.i32(6, 0) // UTF8
		t.open(10)
		t.empty(1) // STRING
		t.close()
	case kindDay:
		t.i32(6, 6) // DATE
		t.open(10)
		t.empty(6) // DATE
		t.close()
	case kindInstant:
		t.i32(6, 9) // TIMESTAMP_MILLIS
		t.open(10)
		t.open(8)  // TIMESTAMP
		t.yes(1)   // adjusted to UTC
		t.open(2)  // unit
		t.empty(1) // MILLIS
		t.close()
		t.close()
		t.close()
	}
	t.close()
}

// group writes a RowGroup.
func (p *parquetFile) group(t *thrift, g *parquetGroup) {
	t.push()
	t.list(1, thriftStruct, len(g.chunks))
	var plain, packed int64
	for i, chunk := range g.chunks {
		p.columns[i].chunk(t, chunk, g.rows)
		plain += chunk.plain
		packed += chunk.packed
	}
	t.i64(2, plain)
	t.i64(3, int64(g.rows))
	t.i64(5, g.chunks[0].begin())
	t.i64(6, packed)
	t.close()
}

func (c parquetChunk) begin() int64 {
	if c.dictionary > 0 {
		return c.dictionary
	}
	return c.data
}

// chunk writes a ColumnChunk.
func (c *parquetColumn) chunk(t *thrift, chunk parquetChunk, rows int) {
	t.push()
	t.i64(2, chunk.begin())
	t.open(3)
	t.i32(1, c.physical())
	encodings := []int64{c.encoding(), encodingRLE}
	if c.dictionary != nil {
		encodings = append(encodings, encodingPlain)
	}
	t.list(2, thriftI32, len(encodings))
	for _, e := range encodings {
		t.b = append(t.b, byte(e<<1)) // zigzag of a small number
	}
	t.list(3, thriftBinary, 1)
	t.element(c.name)
	t.i32(4, codecGzip)
	t.i64(5, int64(rows))
	t.i64(6, chunk.plain)
	t.i64(7, chunk.packed)
	t.i64(9, chunk.data)
	if chunk.dictionary > 0 {
		t.i64(11, chunk.dictionary)
	}
	t.open(12)
	t.i64(3, int64(chunk.nulls))
	if chunk.most != nil {
		t.text(5, string(chunk.most))
		t.text(6, string(chunk.least))
	}
	t.close()
	t.close()
	t.close()
}
