package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Locations are where the files of one desk lie.
type Locations struct {
	Config, DB string
	// Explicit says that somebody named the configuration: then it must exist.
	Explicit bool
}

// The environment variables that name the files.
const (
	EnvConfig = "MAGICBUTTON_CONFIG"
	EnvDB     = "MAGICBUTTON_DB"
)

// Paths finds the files. The configuration is the flag's, else $MAGICBUTTON_CONFIG,
// else in the user's configuration folder. The database is the flag's, else
// $MAGICBUTTON_DB, else beside a configuration that was named, so that one folder
// is one desk, else in the user's data folder.
func Paths(configFlag, dbFlag string, env func(string) string) (Locations, error) {
	var at Locations
	at.Config = cmp.Or(configFlag, env(EnvConfig))
	at.Explicit = at.Config != ""
	at.DB = cmp.Or(dbFlag, env(EnvDB))
	if at.Config == "" {
		dir, err := configDir(env)
		if err != nil {
			return Locations{}, fmt.Errorf("finding the configuration: %w: set %s, or use --config", err, EnvConfig)
		}
		at.Config = filepath.Join(dir, "magicbutton", "magicbutton.toml")
	}
	if at.DB != "" {
		return at, nil
	}
	if at.Explicit {
		at.DB = strings.TrimSuffix(at.Config, filepath.Ext(at.Config)) + ".db"
		return at, nil
	}
	dir, err := dataDir(env)
	if err != nil {
		return Locations{}, fmt.Errorf("finding the database: %w: set %s, or use --db", err, EnvDB)
	}
	at.DB = filepath.Join(dir, "magicbutton", "magicbutton.db")
	return at, nil
}

// configDir and dataDir follow the XDG Base Directory Specification on Unix, and
// the system's own folders elsewhere. They read env, and not the process's own
// environment, where the specification has a variable.
func configDir(env func(string) string) (string, error) {
	if dir := env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return os.UserConfigDir()
	}
	return home(env, ".config")
}

func dataDir(env func(string) string) (string, error) {
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	switch runtime.GOOS {
	case "windows":
		return os.UserCacheDir() // %LocalAppData%: not carried to other machines
	case "darwin":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	return home(env, ".local/share")
}

func home(env func(string) string, below string) (string, error) {
	dir := env("HOME")
	if dir == "" {
		return "", errors.New("$HOME is not set")
	}
	return filepath.Join(dir, below), nil
}
