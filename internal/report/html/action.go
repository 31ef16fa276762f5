package html

import "magicbutton/internal/report"

func pickAction(w report.Week) any { return w }
