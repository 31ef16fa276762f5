package config

import (
	"testing"

	"magicbutton/internal/cx"
)

func TestPrivacy(t *testing.T) {
	byDesk := []cx.Dimension{cx.ByTag, cx.ByDesk}
	for name, tt := range map[string]struct {
		file    string
		want    Level
		refuses bool
	}{
		"left out":       {"", LevelDesk, false},
		"without a word": {"[privacy]", LevelDesk, false},
		"desk":           {"[privacy]\nlevel = 'desk'", LevelDesk, false},
		"site":           {"[privacy]\nlevel = \"site\"", LevelSite, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("f", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse("f", c.TOML())
			if err != nil {
				t.Fatal(err)
			}
			if c.Privacy.Level != tt.want || again.Privacy.Level != tt.want {
				t.Errorf("level %q, printed %q, want %q", c.Privacy.Level, again.Privacy.Level, tt.want)
			}
			if err := c.Privacy.Check(byDesk, cx.Filter{}); (err != nil) != tt.refuses {
				t.Errorf("by desk: %v", err)
			}
			if err := c.Privacy.Check(nil, cx.Filter{Desks: []string{"north"}}); (err != nil) != tt.refuses {
				t.Errorf("of a desk: %v", err)
			}
			if err := c.Privacy.Check([]cx.Dimension{cx.BySite, cx.ByHour}, cx.Filter{Sites: []string{"Bonn"}}); err != nil {
				t.Errorf("by site: %v", err)
			}
		})
	}
}
