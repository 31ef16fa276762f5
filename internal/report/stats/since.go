package stats

// Outcome is what happened to a tag since something was done about it.
type Outcome struct {
	// Rate compares the weeks since with the weeks before, per exposure. Its Verdict is TooEarly where the family has no
	// exposures: counts alone do not tell fewer problems from fewer presses.
	Rate Finding
	// Share does so for the tag against all others of the family together.
	Share Finding
	// Worked is true where the share is less, and the rate too where exposures are known.
	Worked bool
}

// Since compares a family's series from week first on with the weeks before it, at most Settings.BaselineWeeks, at least
// Settings.MinWeeks. The caller leaves out the week in which it was done, if that is partly before and partly after, by
// passing an index behind it and cutting the week out of the series. One test, not a family: Q is P, and a verdict needs P <= 0.05.
func Since(family []Series, tag, first int, settings Settings) Outcome {
	return Outcome{}
}
