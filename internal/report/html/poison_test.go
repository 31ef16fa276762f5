package html_test

import (
	"reflect"
	"testing"

	"magicbutton/internal/report"
	"magicbutton/internal/report/html/htmltest"
)

// poison is what a note, a label or a site's name may hold.
const poison = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`

// poisoned returns a copy of a week with the poison after every text in it, the words
// of the program's own vocabulary too.
func poisoned(t *testing.T, week report.Week) report.Week {
	t.Helper()
	out := htmltest.Copy(t, week)
	spread(reflect.ValueOf(&out).Elem())
	out.Header.Sites, out.Header.Filter = []string{poison}, poison
	return out
}

func spread(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + poison)
	case reflect.Pointer:
		if !v.IsNil() {
			spread(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			spread(v.Index(i))
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				spread(field)
			}
		}
	}
}
