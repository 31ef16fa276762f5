package labels

import (
	"slices"

	"magicbutton/hid"
	"magicbutton/internal/config"
)

// style is how what is in a key is drawn, in millimetres.
type style struct {
	edge, pad      float64
	band, bandMost float64 // the coloured part: its share of the height, and at most how much
	gap            float64 // between a sign and its text
	sizes
}

// cardStyle is for a key of so many millimetres: a large one has large letters.
func cardStyle(w float64) style {
	return style{0.3, 0.9, 0.22, 5.5, 0.5, sizes{4.5, 9, min(max(15, w*0.4), 40)}}
}

// stickerScale is how many times larger stickers are drawn than they are, and then
// shrunk, since browsers lay lines of text out in whole pixels: at 4 pt that shows.
const stickerScale = 4

// stickerStyle is as the style sheet has it; its edge is drawn with 0.2 mm, which a
// screen rounds up to a pixel.
var stickerStyle = style{
	0.3 * stickerScale, 0.3 * stickerScale, 0.19, 8 * stickerScale, 0.5 * stickerScale,
	sizes{3.5 * stickerScale, 5 * stickerScale, 24 * stickerScale},
}

// key fills one key of so many millimetres.
func (s *Sheet) key(p pad, at place, w, h float64, st style) keyView {
	k := keyView{Row: at.row, Column: at.column, Tall: at.tall, Wide: at.wide}
	band := min(h*st.band, st.bandMost)
	inner := w - 2*st.edge - 2*st.pad
	k.Cap = box{inner - band, band, sizes{st.smallest * 0.8, 0, band / mmPerPt * 0.68}}.oneLine(at.cap)
	i := slices.IndexFunc(p.buttons, func(b config.Button) bool { return b.Key == at.key })
	if i < 0 {
		return k
	}
	k.Bound, k.BandMM = true, band
	k.Lines = s.lines(gestures(p.buttons[i]), inner, h-2*st.edge-band-2*st.pad, st)
	k.Sign = k.Lines[0].Sign
	return k
}

// lines divides a key among what it does: so that as little as possible must be
// cut, and then so that the smallest text is as large as possible.
func (s *Sheet) lines(all []gesture, w, h float64, st style) []lineView {
	if len(all) == 1 {
		return []lineView{s.line(all[0], w, h, st)}
	}
	var best []lineView
	bestLost, bestPt := 0, 0.0
	for _, first := range []float64{1 / float64(len(all)), 0.38, 0.42, 0.46, 0.5, 0.54, 0.58, 0.62, 0.66} { // of the height
		out := []lineView{s.line(all[0], w, h*first, st)}
		rest := st
		rest.largest = max(out[0].Pt*0.8, st.smallest) // the first is the largest
		for _, g := range all[1:] {
			sign := min(h*(1-first)/float64(len(all)-1)*0.5, rest.largest*mmPerPt)
			line := s.line(g, w-sign-st.gap, h*(1-first)/float64(len(all)-1), rest)
			line.SignMM = sign
			out = append(out, line)
		}
		lost, pt := 0, out[0].Pt*0.8
		for _, l := range out {
			lost += max(0, len(l.Full)-len(l.Text))
			pt = min(pt, l.Pt)
		}
		if best == nil || lost < bestLost || lost == bestLost && pt > bestPt {
			best, bestLost, bestPt = out, lost, pt
		}
	}
	return best
}

// line fits what one gesture does.
func (s *Sheet) line(g gesture, w, h float64, st style) lineView {
	l := lineView{How: how(g.kind), HeightMM: h}
	l.Label, l.Sign = s.says(g)
	text := l.Label
	if l.How != "" {
		text = l.How + ": " + text
	}
	st.largest = max(min(st.largest, w*0.75), st.smallest)
	l.fitted = box{w, h, st.sizes}.fit(text)
	return l
}

// says is the label of what a gesture does, and its sign.
func (s *Sheet) says(g gesture) (string, sign) {
	if g.action.Undo {
		return "UNDO", signUndo
	}
	tag, ok := s.config.Catalogue.Tag(g.action.Tag)
	if !ok {
		return g.action.Tag, signPlain
	}
	if sign, ok := signs[tag.Kind]; ok {
		return tag.Name(), sign
	}
	return tag.Name(), signPlain
}

// cut returns the lines of a key that are not whole.
func (k keyView) cut() []lineView {
	return slices.DeleteFunc(slices.Clone(k.Lines), func(l lineView) bool { return l.Full == "" })
}

// how is the word before a label, "" for a tap.
func how(g hid.Gesture) string {
	switch g {
	case hid.Hold:
		return "hold"
	case hid.Double:
		return "double"
	}
	return ""
}
