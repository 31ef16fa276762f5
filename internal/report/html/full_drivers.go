package html

import "magicbutton/internal/report"

func pickDrivers(w report.Week) any {
	if t := newPartTable("Driver", w.Drivers, w.Header.Currency); t != nil {
		return t
	}
	return nil
}
