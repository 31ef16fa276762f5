package html

import (
	"html/template"

	"magicbutton/internal/report"
)

// channels is how the conversations were held, and what was tried before.
type channels struct {
	Channels *partTable
	Switches []switchRow
	// Nothing says that nothing was tried before.
	Nothing string
}

type switchRow struct {
	report.Switch
	Drawing template.HTML
}

func pickChannels(w report.Week) any {
	c := channels{Channels: newPartTable("Channel", w.Channels, w.Header.Currency)}
	if c.Channels == nil && w.Switches == nil {
		return nil
	}
	most := 1
	for _, s := range w.Switches {
		most = max(most, s.Forced+s.Smooth)
	}
	for _, s := range w.Switches {
		per := barWidth / float64(most)
		forced := float64(s.Forced) * per
		d := newBar()
		d.rect("fill", 0, 0, forced, barHeight)
		d.rect("smooth", forced, 0, float64(s.Smooth)*per, barHeight)
		c.Switches = append(c.Switches, switchRow{s, d.html()})
	}
	if c.Switches == nil {
		c.Nothing = "Of no conversation it is said that another channel was tried before."
	}
	return c
}
