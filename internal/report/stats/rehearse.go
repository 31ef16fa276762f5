package stats

// Rehearsal says what to rehearse. The zero value is the default.
type Rehearsal struct {
	Weeks   int       // weeks played in each run; 0 is 26
	Runs    int       // 0 is 200
	Factors []float64 // changes to plant, each in one tag at a time; nil is 2 and 1.2
	Seed    uint64
}

// Rehearsed is what a family of these volumes can show.
type Rehearsed struct {
	FalseWeeks float64 // weeks with any false verdict, of Weeks, on average
	Weeks      int
	Runs       int
	Planted    []Planted // for each factor, in the order given
}

// Planted is how soon a planted change was seen.
type Planted struct {
	Factor    float64
	Tags      []Sighting // for each series of the family
	MeanWeeks float64    // over the tags and runs where it was seen; 1 is in its first week; NaN where never
	Seen      float64    // 0 to 1: share of tags and runs where it was seen within Weeks
}

// Sighting is Planted for one tag.
type Sighting struct{ MeanWeeks, Seen float64 }

// Rehearse replays the weeks of a family, drawn with replacement, with nothing changed and with planted changes.
// The same family and Rehearsal give the same result.
func Rehearse(family []Series, settings Settings, r Rehearsal) (Rehearsed, error) {
	return Rehearsed{}, nil
}
