package export

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	xmlHeader     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spreadsheetML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageML     = "http://schemas.openxmlformats.org/package/2006/"
	mediaType     = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// xlsxStyles are the styles of cells in the order of their constants. Instants show
// milliseconds, and hours two digits.
const xlsxStyles = xmlHeader + `<styleSheet xmlns="` + spreadsheetML + `">` +
	`<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss.000"/>` +
	`<numFmt numFmtId="165" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="166" formatCode="00"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// xlsxPart is a file of the archive.
type xlsxPart struct{ name, text string }

// parts are the files beside the sheets: what there is, how it hangs together, and
// the hidden names by which Excel knows the filters.
func (x *xlsxFile) parts() []xlsxPart {
	var sheets, names, links, types strings.Builder
	for i, s := range x.sheets {
		n := i + 1
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, s.name, n, n)
		from, to, _ := strings.Cut(s.cells, ":")
		fmt.Fprintf(&names, `<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">'%s'!%s:%s</definedName>`,
			i, s.name, absolute(from), absolute(to))
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relationships, n)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, mediaType)
	}
	const relationshipsOpen = xmlHeader + `<Relationships xmlns="` + packageML + `relationships">`
	return []xlsxPart{
		{"xl/styles.xml", xlsxStyles},
		{"xl/workbook.xml", xmlHeader + `<workbook xmlns="` + spreadsheetML + `" xmlns:r="` + relationships + `"><sheets>` +
			sheets.String() + `</sheets><definedNames>` + names.String() + `</definedNames></workbook>`},
		{"xl/_rels/workbook.xml.rels", relationshipsOpen + links.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(x.sheets)+1, relationships)},
		{"_rels/.rels", relationshipsOpen +
			`<Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", xmlHeader + `<Types xmlns="` + packageML + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + mediaType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + mediaType + `styles+xml"/>` + types.String() + `</Types>`},
	}
}

// absolute writes the name of a cell, such as B7, as $B$7.
func absolute(cell string) string { return "$" + cell[:1] + "$" + cell[1:] }

// appendXML writes a text. What XML cannot hold, and what would be read as a sign
// written so, is written as _x0007_ (ECMA-376 part 1, 22.9.2.19).
func appendXML(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r < ' ' && r != '\n' && r != '\t', r == '\ufffe', r == '\uffff', r == '_' && looksEscaped(s[i:]):
			b = fmt.Appendf(b, "_x%04X_", r)
		default:
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return b
}

// looksEscaped reports whether a text begins as _x0007_ does.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	return strings.Trim(s[2:6], "0123456789abcdefABCDEF") == ""
}
