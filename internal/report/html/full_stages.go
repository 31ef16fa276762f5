package html

import (
	"math"
	"strconv"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// stages is tags by stages of the journey.
type stages struct {
	Stages []cx.Stage
	Rows   []stageRow
	Marked bool
}

type stageRow struct {
	Name  string
	Cells []stageCell
}

type stageCell struct {
	report.StageCell
	// Heat is the class of the cell's shade.
	Heat string
}

func pickStages(w report.Week) any {
	if w.Stages == nil {
		return nil
	}
	out := stages{Stages: w.Stages.Stages}
	most := 0
	for _, r := range w.Stages.Rows {
		for _, c := range r.Cells {
			most = max(most, c.Count)
		}
	}
	for _, r := range w.Stages.Rows {
		row := stageRow{Name: r.Name}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, stageCell{c, heat(c.Count, most)})
			out.Marked = out.Marked || c.Mark != 0
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// heats is how many shades there are beside none.
const heats = 6

// heat returns the class of a count's shade: h0 for none, h6 for the most. Small
// counts are told apart best: the shade goes with the root.
func heat(n, most int) string {
	if n == 0 || most == 0 {
		return "h0"
	}
	shade := math.Ceil(heats * math.Sqrt(float64(n)/float64(most)))
	return "h" + strconv.Itoa(int(shade))
}
