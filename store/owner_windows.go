//go:build windows

package store

import "os"

// giveTo does nothing: on Windows the rights of a new file are its folder's.
func giveTo(*os.File, string) error { return nil }

func makeFolder(path string) error { return os.MkdirAll(path, folderMode) }
