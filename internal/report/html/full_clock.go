package html

import "magicbutton/internal/report"

func pickClock(report.Week) any { return nil }
