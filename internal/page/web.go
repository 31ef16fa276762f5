package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed web
var web embed.FS

// The types of the files that browsers load by their names.
var fileTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
}

// files is what the page is made of.
type files struct {
	page, denied *template.Template
	in           file
	named        map[string]file // by path, such as /app.js
}

// file is one file as it is sent.
type file struct {
	name, mediaType, tag string
	data                 []byte
}

// embedded reads the files that are in the program.
func embedded() files {
	names, err := fs.Glob(web, "web/*")
	if err != nil {
		panic("page: " + err.Error())
	}
	out := files{
		page:   template.Must(template.ParseFS(web, "web/page.tmpl")),
		denied: template.Must(template.ParseFS(web, "web/denied.tmpl")),
		in:     readFile("web/in.html", "text/html; charset=utf-8"),
		named:  make(map[string]file),
	}
	for _, name := range names {
		if mediaType, ok := fileTypes[path.Ext(name)]; ok {
			out.named["/"+path.Base(name)] = readFile(name, mediaType)
		}
	}
	return out
}

func readFile(name, mediaType string) file {
	data, err := web.ReadFile(name)
	if err != nil {
		panic("page: a file is missing in the program: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return file{path.Base(name), mediaType, `"` + hex.EncodeToString(sum[:8]) + `"`, data}
}

// ServeHTTP answers with the file, or says that the browser has it already.
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", f.mediaType)
	w.Header().Set("Cache-Control", "no-cache") // after an update of the program it is another one
	w.Header().Set("ETag", f.tag)
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.data))
}

// view is what the templates show.
type view struct {
	Session, Proof, Version, Desk string
	// Ready is the tag of the address, "" for none; Problem is why it cannot be used.
	Ready, Problem string
}

// show answers with a page.
func show(w http.ResponseWriter, status int, t *template.Template, v view) error {
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser has gone: nobody is left to tell
	return nil
}
