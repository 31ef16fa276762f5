package config

import (
	"runtime"
	"testing"
)

func TestPaths(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("skipped: the folders are the system's own here")
	}
	type env map[string]string
	home := env{"HOME": "/home/rep"}
	tests := []struct {
		name             string
		configFlag, flag string
		env              env
		want             Locations
		wantErr          string
	}{
		{"nothing named", "", "", home, Locations{"/home/rep/.config/magicbutton/magicbutton.toml", "/home/rep/.local/share/magicbutton/magicbutton.db", false}, ""},
		{"config flag", "/d/desk.toml", "", home, Locations{"/d/desk.toml", "/d/desk.db", true}, ""},
		{"relative config flag", "desk.toml", "", home, Locations{"desk.toml", "desk.db", true}, ""},
		{"config without an ending", "d.x/desk", "", home, Locations{"d.x/desk", "d.x/desk.db", true}, ""},
		{"config with dots", "a.b.toml", "", home, Locations{"a.b.toml", "a.b.db", true}, ""},
		{"db flag", "", "/d/x.db", home, Locations{"/home/rep/.config/magicbutton/magicbutton.toml", "/d/x.db", false}, ""},
		{"both flags", "/d/desk.toml", "/e/x.db", home, Locations{"/d/desk.toml", "/e/x.db", true}, ""},
		{"config from the environment", "", "", env{"HOME": "/home/rep", EnvConfig: "/v/desk.toml"}, Locations{"/v/desk.toml", "/v/desk.db", true}, ""},
		{"database from the environment", "", "", env{"HOME": "/home/rep", EnvDB: "/v/x.db"}, Locations{"/home/rep/.config/magicbutton/magicbutton.toml", "/v/x.db", false}, ""},
		{"flags before the environment", "/d/desk.toml", "/e/x.db", env{EnvConfig: "/v/desk.toml", EnvDB: "/v/x.db"}, Locations{"/d/desk.toml", "/e/x.db", true}, ""},
		{"database of the environment beside a config flag", "/d/desk.toml", "", env{EnvDB: "/v/x.db"}, Locations{"/d/desk.toml", "/v/x.db", true}, ""},
		{"XDG", "", "", env{"HOME": "/home/rep", "XDG_CONFIG_HOME": "/xc", "XDG_DATA_HOME": "/xd"}, Locations{"/xc/magicbutton/magicbutton.toml", "/xd/magicbutton/magicbutton.db", false}, ""},
		// XDG Base Directory Specification 0.8: a relative path is to be ignored.
		{"relative XDG", "", "", env{"HOME": "/home/rep", "XDG_CONFIG_HOME": "xc", "XDG_DATA_HOME": "./xd"}, Locations{"/home/rep/.config/magicbutton/magicbutton.toml", "/home/rep/.local/share/magicbutton/magicbutton.db", false}, ""},
		{"XDG without HOME", "", "", env{"XDG_CONFIG_HOME": "/xc", "XDG_DATA_HOME": "/xd"}, Locations{"/xc/magicbutton/magicbutton.toml", "/xd/magicbutton/magicbutton.db", false}, ""},
		{"flag without HOME", "/d/desk.toml", "", nil, Locations{"/d/desk.toml", "/d/desk.db", true}, ""},
		{"no HOME", "", "", nil, Locations{}, "finding the configuration: $HOME is not set: set MAGICBUTTON_CONFIG, or use --config"},
		{"db flag without HOME", "", "/d/x.db", nil, Locations{}, "finding the configuration: $HOME is not set: set MAGICBUTTON_CONFIG, or use --config"},
		{"no data folder", "", "", env{"XDG_CONFIG_HOME": "/xc"}, Locations{}, "finding the database: $HOME is not set: set MAGICBUTTON_DB, or use --db"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Paths(tt.configFlag, tt.flag, func(key string) string { return tt.env[key] })
			said := ""
			if err != nil {
				said = err.Error()
			}
			if got != tt.want || said != tt.wantErr {
				t.Errorf("Paths(%q, %q) = %+v, %q; want %+v, %q", tt.configFlag, tt.flag, got, said, tt.want, tt.wantErr)
			}
		})
	}
}
