package html

import "magicbutton/internal/report"

func pickCost(w report.Week) any { return w }
