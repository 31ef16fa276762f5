package weblab_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"magicbutton/internal/weblab"
)

const sound = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A sound page</title>
<style>body{background:#fff;color:#111}@media(prefers-color-scheme:dark){body{background:#000;color:#eee}}.next{break-before:page}</style></head>
<body><main><h1>Sound</h1><p>One.</p><p class="next">Two.</p></main></body></html>
`

// A picture without words, text that cannot be read, a request to elsewhere, a script that fails, an element that is not closed.
const unsound = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Unsound</title></head>
<body><img src="elsewhere.png"><p style="color:#aaa;background:#fff">Pale</p><div><script>throw new Error("broken")</script>
<center>old</center></body></html>
`

func TestPages(t *testing.T) {
	t.Parallel()
	browser := weblab.Start(t)
	serve := func(html string) (string, string) {
		path := filepath.Join(t.TempDir(), "index.html")
		if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(path))))
		t.Cleanup(s.Close)
		return path, s.URL + "/"
	}
	t.Run("sound", func(t *testing.T) {
		path, url := serve(sound)
		p := browser.Open(t, url, weblab.View{})
		for what, got := range map[string][]string{
			"axe-core": p.Violations(t), "html-validate": weblab.Validate(t, path), "its scripts": p.Problems(),
		} {
			if len(got) > 0 {
				t.Errorf("%s complain of a sound page: %q", what, got)
			}
		}
		if got := weblab.Pages(p.PDF(t)); got != 2 {
			t.Errorf("printed on %d pages, want 2", got)
		}
		if got := p.Requests(); got[0] != url {
			t.Errorf("requests = %q, want first %q", got, url)
		}
		if light, dark := corner(t, p), corner(t, browser.Open(t, url, weblab.View{Width: 400, Height: 600, Dark: true})); light < dark {
			t.Errorf("a dark page's corner is %d, a light one's %d", dark, light)
		}
	})
	t.Run("unsound", func(t *testing.T) {
		path, url := serve(unsound)
		p := browser.Open(t, url, weblab.View{})
		violations, invalid := strings.Join(p.Violations(t), "\n"), strings.Join(weblab.Validate(t, path), "\n")
		for _, want := range []string{"image-alt", "color-contrast", "html-has-lang"} {
			if !strings.Contains(violations, want) {
				t.Errorf("axe-core does not mention %s:\n%s", want, violations)
			}
		}
		for _, want := range []string{"close-order", "deprecated"} {
			if !strings.Contains(invalid, want) {
				t.Errorf("html-validate does not mention %s:\n%s", want, invalid)
			}
		}
		if got := p.Requests(); !slices.Contains(got, url+"elsewhere.png") {
			t.Errorf("requests = %q, without the picture", got)
		}
		if got := strings.Join(p.Problems(), "\n"); !strings.Contains(got, "broken") {
			t.Errorf("problems = %q, without the script's", got)
		}
	})
}

// corner is the brightness of the page's first pixel.
func corner(t *testing.T, p *weblab.Page) uint32 {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(p.Screenshot(t)))
	if err != nil {
		t.Fatal(err)
	}
	r, _, _, _ := picture.At(0, 0).RGBA()
	return r
}
