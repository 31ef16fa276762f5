package cli

import "io/fs"

// accessText says who may open a file: on Windows its mode does not tell.
func accessText(fs.FileInfo) string {
	return "Who may open it is in its properties, under Security."
}
