package store

import "magicbutton/internal/cx"

// FilterError says that a query filters by what the file knows nothing of. Err has
// every such word, and what was probably meant.
type FilterError struct{ Err error }

func (e *FilterError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *FilterError) Unwrap() error { return e.Err }

// checkFilter refuses a filter by what neither the catalogue nor any event has: a
// misspelt word would be answered with nothing.
func checkFilter(f cx.Filter, c cx.Catalogue, w words) error {
	if !f.Filtered() {
		return nil
	}
	if err := f.Check(c, w.allSeries()[1:], w.allPlaces()[1:]); err != nil {
		return &FilterError{err}
	}
	return nil
}
