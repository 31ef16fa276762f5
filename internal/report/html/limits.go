package html

import "magicbutton/internal/report"

func pickLimits(w report.Week) any { return w }
