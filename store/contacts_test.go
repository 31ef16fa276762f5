package store

import (
	"path/filepath"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// Of merged files one may know a total and another one channels. Taking away the total
// leaves nothing that was hidden behind it.
func TestRemoveContactsOfBothKinds(t *testing.T) {
	dir := t.TempDir()
	chat := deskFile(t, dir, "chat.db", func(s *Store) {
		setContacts(t, s, cx.Contacts{Week: week47, Channel: cx.ChannelChat, Count: 3}, cx.Contacts{Week: week47, Site: "north", Channel: cx.ChannelChat, Count: 4})
	})
	total := deskFile(t, dir, "total.db", func(s *Store) {
		s.now = func() time.Time { return epoch.Add(time.Hour) }
		setContacts(t, s, cx.Contacts{Week: week47, Count: 10})
	})
	to := filepath.Join(dir, "all.db")
	merge(t, to, chat, total)
	changeFile(t, to, func(s *Store) {
		if got := peopleOf(t, s).Contacts; len(got) != 2 || got[0].Count != 10 {
			t.Fatalf("merged contacts: %+v, want the total, and that of the other site", got)
		}
		if err := s.RemoveContacts(t.Context(), []cx.ContactsKey{{Week: week47}}); err != nil {
			t.Fatal(err)
		}
		if got := peopleOf(t, s).Contacts; len(got) != 1 || got[0].Site != "north" {
			t.Errorf("contacts after the total was taken away: %+v, want those of the other site alone", got)
		}
	})
}
