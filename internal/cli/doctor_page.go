package cli

import (
	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/page"
)

// examinePage says whether a rep can open the page, where there is to be one.
func examinePage(p place, status *api.Status) finding {
	const check = "page"
	want := p.config.Page
	address := page.Address(want.Port)
	switch {
	case status == nil && !want.Enabled:
		return found(check, gradeOK, "", "none is wanted: enabled = false in [page]")
	case status == nil:
		return found(check, gradeOK, "", "%s: the agent serves it, and none runs", address)
	case want.Enabled != (status.Page != nil), status.Page != nil && status.Page.Address != address:
		return found(check, gradeWarn, "magicbutton config reload"+p.configFlag()+p.dbFlag(), "the agent still uses the page settings from before")
	case status.Page == nil:
		return found(check, gradeOK, "", "none is wanted: enabled = false in [page]")
	case status.Page.Problem != "":
		return found(check, gradeWarn, agent.PageHint(want.Port), "%s is not open since %s: %s", address,
			status.Page.Since.In(p.config.Desk.Zone).Format("2006-01-02 15:04"), status.Page.Problem)
	}
	return found(check, gradeOK, "", "%s: open, to this computer alone; magicbutton open lets a browser in", address)
}
