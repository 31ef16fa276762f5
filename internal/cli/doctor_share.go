package cli

import (
	"time"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
)

// shareSlack is how old the last shared copy may be while an agent runs that has
// nothing to complain of: it shares once an hour, where something changed.
const shareSlack = 8 * 24 * time.Hour

// examineShare says how the copy in the shared folder does, where there is to be
// one.
func examineShare(p place, status *api.Status) []finding {
	const check = "shared folder"
	if p.config.Share.Folder == "" {
		return nil
	}
	share := agent.LastShared(p.db, p.config.Share.Folder)
	if status != nil && status.Share != nil && status.Share.Folder == share.Folder {
		share = *status.Share
	}
	last := "never shared yet"
	if share.At != nil {
		last = "last shared " + share.At.In(p.config.Desk.Zone).Format("2006-01-02 15:04")
	}
	switch {
	case share.Problem != "":
		return []finding{found(check, gradeWarn, "mount it, or name another folder in [share]; it is tried again each minute",
			"%s (since %s); %s", share.Problem, share.Since.In(p.config.Desk.Zone).Format("2006-01-02 15:04"), last)}
	case status != nil && status.Share == nil:
		return []finding{found(check, gradeWarn, "magicbutton config reload"+p.configFlag()+p.dbFlag(), "%s is in the configuration, and the agent does not know of it", share.Folder)}
	case share.At == nil && status == nil:
		return []finding{found(check, gradeOK, "", "%s: %s; the agent shares, and none runs", share.Folder, last)}
	case share.At != nil && p.env.Now().Sub(*share.At) > shareSlack:
		return []finding{found(check, gradeWarn, "", "%s: %s", share.File, last)}
	case share.At == nil:
		return []finding{found(check, gradeOK, "", "%s: %s", share.Folder, last)}
	}
	return []finding{found(check, gradeOK, "", "%s: %s", share.File, last)}
}
