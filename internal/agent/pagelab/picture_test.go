package pagelab_test

import (
	"os"
	"path/filepath"
)

// keep writes a picture of a tab into the folder that PAGE_PICTURES names, for somebody to look at.
func (p *tab) keep(name string) {
	p.t.Helper()
	dir := os.Getenv("PAGE_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), p.Screenshot(p.t), 0o644); err != nil {
		p.t.Fatal(err)
	}
}
