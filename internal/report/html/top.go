package html

import "magicbutton/internal/report"

func pickTop(w report.Week) any { return w }
