package labels

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// What the template prints.
type (
	view struct {
		Desk, Site string
		StickerMM  float64
		UndoWithin string
		Cards      []cardView
	}
	cardView struct {
		Device, Name string
		Wide         bool // the paper lies on its side
		Blocks       []blockView
		Lists        []keyView // what did not fit its key
		Missing      []keyView // what is bound on keys that it does not have, said beside the stickers
		Stickers     []keyView
		Signs        []sign
		Undo         undoView
		Light        lightView
		Hold, Double string // how long, where one is bound
		Guard, Same  string // how soon, where these are on
	}
	blockView struct {
		Title        string
		Columns      int
		CellW, CellH float64 // millimetres
		Keys         []keyView
	}
	keyView struct {
		Row, Column, Tall, Wide int
		BandMM                  float64 // the coloured part, with sign and cap
		Cap                     fitted
		Bound                   bool
		Sign                    sign
		Lines                   []lineView
	}
	lineView struct {
		fitted
		Label    string // the whole of it, without how
		How      string // "hold", "double", or ""
		Sign     sign
		HeightMM float64
		SignMM   float64 // 0: the sign is in the band
	}
	undoView struct{ Cap, How string }
)

// sign is a colour and a mark: no colour stands alone.
type sign struct{ Class, Word string }

var (
	signUndo  = sign{"undo", "takes a press back"}
	signPlain = sign{"plain", "no kind"}
	signs     = map[cx.Kind]sign{
		cx.KindPraise: {"praise", "praise"}, cx.KindProblem: {"problem", "problem"},
		cx.KindQuestion: {"question", "question"}, cx.KindIdea: {"idea", "idea"},
		cx.KindOther: {"other", "other"},
	}
)

func (s *Sheet) view() view {
	v := view{
		Desk: s.config.Desk.Name, Site: s.config.Desk.Site, StickerMM: s.options.StickerMM,
		UndoWithin: duration(s.options.UndoWithin),
	}
	for _, p := range s.pads {
		v.Cards = append(v.Cards, s.card(p))
	}
	return v
}

func (s *Sheet) card(p pad) cardView {
	c := cardView{Device: p.match.String(), Guard: duration(s.config.Press.Guard), Light: lightOf(p)}
	if known, ok := profile(p.match); ok {
		c.Name = known.Name
	}
	s.manners(&c, p)
	blocks := layOut(p.match, p.buttons)
	page := upright
	if legible(lying.cells(blocks)) > legible(upright.cells(blocks)) {
		c.Wide, page = true, lying
	}
	c.Blocks, c.Lists = s.picture(p, blocks, page)
	for _, b := range blocks {
		for _, at := range b.keys {
			if key := s.key(p, at, s.options.StickerMM*stickerScale, s.options.StickerMM*stickerScale, stickerStyle); key.Bound {
				c.Stickers = append(c.Stickers, key)
			}
		}
	}
	c.Signs = signsOf(c.Stickers)
	for _, b := range p.missing {
		k := keyView{Cap: fitted{Text: b.Key.Name()}}
		for _, g := range gestures(b) {
			label, sign := s.says(g)
			k.Lines = append(k.Lines, lineView{How: how(g.kind), Label: label, Sign: sign})
		}
		c.Missing = append(c.Missing, k)
	}
	return c
}

// picture draws the keys of a pad, and returns what is not whole on them.
func (s *Sheet) picture(p pad, blocks []block, page paper) (drawn []blockView, cut []keyView) {
	cells := page.cells(blocks)
	for i, b := range blocks {
		v := blockView{Title: b.title, Columns: b.columns, CellW: cells[i].w, CellH: cells[i].h}
		for _, at := range b.keys {
			key := s.key(p, at, v.CellW*float64(at.wide)-keyGapMM, v.CellH*float64(at.tall)-keyGapMM, cardStyle(v.CellW))
			v.Keys = append(v.Keys, key)
			if lines := key.cut(); len(lines) > 0 {
				cut = append(cut, keyView{Cap: key.Cap, Lines: lines})
			}
		}
		drawn = append(drawn, v)
	}
	return drawn, cut
}

// manners says how the keys of a pad are pressed, and how a press is taken back.
func (s *Sheet) manners(c *cardView, p pad) {
	reasons := 0
	for _, b := range p.buttons {
		for _, g := range gestures(b) {
			if !g.action.Undo {
				reasons++
			}
		}
		if b.Hold.Bound() {
			c.Hold = duration(s.config.Press.Hold)
		}
		if b.Double.Bound() {
			c.Double = duration(s.config.Press.Double)
		}
	}
	if reasons > 1 {
		c.Same = duration(s.config.Press.SameConversation)
	}
	if g, ok := p.undo(); ok {
		c.Undo = undoView{Cap: called(g.key), How: cmp.Or(how(g.kind), "tap")}
	}
}

// signsOf lists the signs of keys, each once, as their legend.
func signsOf(keys []keyView) []sign {
	order := []string{"praise", "problem", "question", "idea", "other", "undo"} // plain explains itself
	var out []sign
	for _, k := range keys {
		for _, l := range k.Lines {
			if !slices.Contains(out, l.Sign) && slices.Contains(order, l.Sign.Class) {
				out = append(out, l.Sign)
			}
		}
	}
	slices.SortFunc(out, func(a, b sign) int {
		return cmp.Compare(slices.Index(order, a.Class), slices.Index(order, b.Class))
	})
	return out
}

// duration is a time for people, "" for none.
func duration(d time.Duration) string {
	number := func(n float64) string { return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") }
	switch {
	case d == 0:
		return ""
	case d < time.Minute:
		return number(d.Seconds()) + "\u00a0s"
	case d == time.Minute:
		return "1\u00a0minute"
	}
	return fmt.Sprintf("%s\u00a0minutes", number(d.Minutes()))
}
