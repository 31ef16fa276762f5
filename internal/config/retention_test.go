package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRetention(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want Retention
	}{
		"left out":       {"", Retention{NotesDays: 90}},
		"without a word": {"[retention]", Retention{NotesDays: 90}},
		"for ever":       {"[retention]\nnotes_days = \"forever\"\nevents_days = 1", Retention{EventsDays: 1}},
		"both":           {"[retention]\nnotes_days = 30\nevents_days = 36_500", Retention{30, 36500}},
		"events forever": {"[retention]\nevents_days = \"forever\"", Retention{NotesDays: 90}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("f", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Retention); diff != "" {
				t.Errorf("Retention (-want +got):\n%s", diff)
			}
			again, err := Parse("f", c.TOML())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, again.Retention); diff != "" {
				t.Errorf("Retention as it is printed (-want +got):\n%s", diff)
			}
		})
	}
}
