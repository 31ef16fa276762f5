package hid

import (
	"encoding/binary"
	"slices"
)

// Bytes before a page's part of the picture.
const (
	pageHeaderV2 = 8
	pageHeaderV1 = 16 // of the Mini and the Original
)

// reportBytes is how long each report with a page is.
func (p *pictureLamp) reportBytes() int {
	if p.paging == pagesOriginal {
		return 8191
	}
	return 1024
}

// pages are the reports that put an encoded picture on the key with the deck's number index. The rest of the last one is zero.
func (p *pictureLamp) pages(index int, picture []byte) [][]byte {
	size, header := p.reportBytes(), pageHeaderV1
	part := size - header
	switch p.paging {
	case pagesV2:
		header = pageHeaderV2
		part = size - header
	case pagesOriginal:
		part = (len(picture) + 1) / 2
	}
	var reports [][]byte
	for chunk := range slices.Chunk(picture, part) {
		report := make([]byte, size)
		n := len(reports)
		last := on((n+1)*part >= len(picture))
		if p.paging == pagesV2 {
			p.headV2(report, index, n, last, len(chunk))
		} else {
			p.headV1(report, index, n, last)
		}
		copy(report[header:], chunk)
		reports = append(reports, report)
	}
	return reports
}

func (p *pictureLamp) headV2(report []byte, index, page int, last uint8, length int) {
	report[0], report[1] = pictureID, 7
	report[2], report[3] = uint8(index), last
	binary.LittleEndian.PutUint16(report[4:], uint16(length))
	binary.LittleEndian.PutUint16(report[6:], uint16(page))
}

// headV1 counts keys from 1, and pages too on the Original.
func (p *pictureLamp) headV1(report []byte, index, page int, last uint8) {
	if p.paging == pagesOriginal {
		page++
	}
	report[0], report[1] = pictureID, 1
	binary.LittleEndian.PutUint16(report[2:], uint16(page))
	report[4], report[5] = last, uint8(index+1)
}
