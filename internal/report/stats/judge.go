package stats

// Judge compares the last week of each series, and its last two weeks together, with the weeks
// before. All tests of the family are corrected together: where nothing changed, at most
// Settings.MaxQ of all weeks have any verdict of More or Less.
func Judge(family []Series, settings Settings) []Judgement {
	return make([]Judgement, len(family))
}

// JudgeShares is Judge for each series against all others of the family together. Exposures are not
// asked for: a change of how often everybody presses leaves every share as it was.
func JudgeShares(family []Series, settings Settings) []Judgement {
	return make([]Judgement, len(family))
}
