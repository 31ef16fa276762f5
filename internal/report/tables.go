package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"magicbutton/internal/cx"
)

// readClock asks when in the week the events were. It tells the conversations too.
func (b *builder) readClock(ctx context.Context) error {
	t, err := b.reader.Tally(ctx, b.query(cx.ByDay, cx.ByHour))
	if err != nil {
		return err
	}
	var clock Clock
	conversations := 0
	for _, row := range t.Rows {
		conversations += row.Conversations
		day, err := cx.ParseDate(row.Values[0])
		if err != nil {
			return err
		}
		hour, err := strconv.Atoi(row.Values[1])
		if err != nil {
			return err
		}
		cell := &clock.Counts[(int(day.Weekday())+6)%7][hour]
		*cell += row.Count
		clock.Most = max(clock.Most, *cell)
	}
	if t.HasConversations {
		b.week.Total.Conversations = &conversations
		if contacts := b.week.Total.Contacts; contacts != nil && *contacts > 0 {
			b.week.Total.Tagged = new(part(conversations, *contacts))
		}
	}
	if !b.Brief {
		b.week.Clock = &clock
	}
	return nil
}

// readDetails adds what the terminal does not show.
func (b *builder) readDetails(ctx context.Context) error {
	if b.Brief {
		return nil
	}
	t, err := b.reader.Tally(ctx, b.query(cx.ByTag, cx.ByStage, cx.ByChannel))
	if err != nil {
		return err
	}
	b.week.Stages = b.stages(t)
	all := b.week.Total.Count
	b.week.Channels = parts(texts(cx.Channels()), all, func(add func(word string, count int, hours *float64)) {
		for _, row := range t.Rows {
			add(row.Values[2], row.Count, b.hours(row.Values[0], row.Count))
		}
	}, b.CostPerHour)
	for _, p := range []struct {
		to    *[]Part
		words []string
		of    func(Tag) string
	}{
		{&b.week.Domains, texts(cx.Domains()), func(t Tag) string { return string(t.Domain) }},
		{&b.week.Drivers, texts(cx.Drivers()), func(t Tag) string { return string(t.Driver) }},
		{&b.week.Kinds, texts(cx.Kinds()), func(t Tag) string { return string(t.Kind) }},
	} {
		*p.to = parts(p.words, all, func(add func(string, int, *float64)) {
			for _, t := range b.week.Tags {
				add(p.of(t), t.Count, t.Hours)
			}
		}, b.CostPerHour)
	}
	if err := b.readHealth(ctx); err != nil {
		return err
	}
	if err := b.readEvents(ctx); err != nil {
		return err
	}
	b.judgeActions()
	return nil
}

// hours returns how long conversations with a tag took, nil where nobody says.
func (b *builder) hours(code string, count int) *float64 {
	minutes := b.catalogue.Counted(code).Minutes
	if minutes == 0 {
		return nil
	}
	return new(float64(count) * minutes / 60)
}

func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// parts adds up counts by word, in the order of the words, those that nobody said
// last.
func parts(words []string, all int, each func(add func(word string, count int, hours *float64)), perHour float64) []Part {
	words = append(words, "")
	out := make([]Part, len(words))
	sums := make([]costs, len(words))
	each(func(word string, count int, hours *float64) {
		i := slices.Index(words, word)
		out[i].Count += count
		if hours != nil {
			sums[i].add(*hours)
		}
	})
	for i := range out {
		p := &out[i]
		p.Word, p.Share = words[i], part(p.Count, all)
		p.Hours, p.Money = sums[i].hours, sums[i].money(perHour)
	}
	return slices.DeleteFunc(out, func(p Part) bool { return p.Count == 0 })
}

const (
	// leastExpected is how many events a cell must expect for its residual to mean
	// anything: the usual rule of thumb for a table of counts (Cochran 1954).
	leastExpected = 5
	// clearResidual is how large an adjusted residual must be to be marked. It is
	// normal where tag and stage are independent: of tables of a hundred cells, one in
	// four has a mark by chance (1 - 0.9973^100).
	clearResidual = 3
)

// stages lays out tags by stages.
func (b *builder) stages(t cx.Tally) *Stages {
	words := append(cx.Stages(), "")
	counts := make(map[string][]int)
	columns := make([]int, len(words))
	all := 0
	for _, row := range t.Rows {
		code, at := row.Values[0], slices.Index(words, cx.Stage(row.Values[1]))
		if counts[code] == nil {
			counts[code] = make([]int, len(words))
		}
		counts[code][at] += row.Count
		columns[at] += row.Count
		all += row.Count
	}
	if all == 0 {
		return nil
	}
	out := &Stages{}
	for i, w := range words {
		if columns[i] > 0 {
			out.Stages = append(out.Stages, w)
		}
	}
	for _, tag := range b.week.Tags {
		if counts[tag.Code] == nil {
			continue
		}
		row := StageRow{Code: tag.Code, Name: tag.Name}
		of := 0 // not tag.Count, which was asked for earlier: an undo may lie between
		for _, n := range counts[tag.Code] {
			of += n
		}
		for i := range words {
			if columns[i] > 0 {
				row.Cells = append(row.Cells, stageCell(counts[tag.Code][i], of, columns[i], all))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// stageCell weighs one cell against what its row and column let expect: the adjusted
// residual (Agresti, Categorical Data Analysis, 3.3.1).
func stageCell(count, row, column, all int) StageCell {
	r, c := part(row, all), part(column, all)
	cell := StageCell{Count: count, Expected: r * float64(column)}
	spread := math.Sqrt(cell.Expected * (1 - r) * (1 - c))
	if cell.Expected < leastExpected || spread == 0 {
		return cell
	}
	residual := (float64(count) - cell.Expected) / spread
	cell.Residual = &residual
	if math.Abs(residual) > clearResidual {
		cell.Mark = cmp.Compare(residual, 0)
	}
	return cell
}
