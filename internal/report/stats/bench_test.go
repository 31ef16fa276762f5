package stats

import (
	"math/rand/v2"
	"testing"
)

// A year's half of a shop's twelve tags: what every tally of a week judges.
func BenchmarkJudge(b *testing.B) {
	family := world{tags: 12, volume: 60, cv: 0.08, busy: 0.05, weeks: 27}.play(rand.New(rand.NewPCG(1, 1)), nil)
	for b.Loop() {
		Judge(family, Settings{})
	}
}

func BenchmarkJudgeShares(b *testing.B) {
	family := world{tags: 12, volume: 60, cv: 0.08, busy: 0.05, weeks: 27}.play(rand.New(rand.NewPCG(1, 1)), nil)
	for b.Loop() {
		JudgeShares(family, Settings{})
	}
}
