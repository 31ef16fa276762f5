package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// side is one of those that take turns: it does its work once and says how long
// that took.
type side func() (time.Duration, error)

// timed makes a side of work that is measured from start to end.
func timed(work func() error) side {
	return func() (time.Duration, error) {
		start := time.Now()
		err := work()
		return time.Since(start), err
	}
}

// turns lets the sides take turns, after one round each that does not count, and
// returns the median of each. The next round begins with another side, so that
// none always follows the same one.
func turns(ctx context.Context, rounds int, sides ...side) ([]time.Duration, error) {
	took := make([][]time.Duration, len(sides))
	for round := range rounds + 1 {
		for i := range sides {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			i = (i + round) % len(sides)
			d, err := sides[i]()
			if err != nil {
				return nil, err
			}
			if round > 0 {
				took[i] = append(took[i], d)
			}
		}
	}
	medians := make([]time.Duration, len(sides))
	for i := range took {
		medians[i] = median(took[i])
	}
	return medians, nil
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// compare is the line for two medians.
func compare(name string, ours, peer time.Duration, target float64, rounds int, what string) line {
	return line{
		name: name, ours: short(ours), peer: short(peer), ratio: float64(ours) / float64(peer),
		target: target, rounds: rounds, what: what,
	}
}

// short writes a duration in three or four digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g us", float64(d)/1e3)
}
