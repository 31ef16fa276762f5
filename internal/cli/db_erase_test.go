package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// unsure is a keeper that erases, and whose search has something to say.
type unsure struct{ keeper }

func (unsure) Erase(_ context.Context, ids []cx.ID, _ func(done, total int)) (api.Erased, error) {
	return api.Erased{IDs: []string{ids[0].String()}, Search: &api.Search{Bytes: 7, Fault: "the words are still there"}}, nil
}

// There is a receipt of what was erased also where that is still to be found, which
// is said in it, and by the exit code.
func TestEraseReceiptOfFault(t *testing.T) {
	id := cx.MakeID(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC), cx.Origin{1}, 1)
	for _, output := range []string{"", filepath.Join(t.TempDir(), "receipt.json")} {
		var stdout, stderr bytes.Buffer
		p := place{Env{Stdout: &stdout, Stderr: &stderr, Now: time.Now}, "desk.db", &config.Config{}}
		err := eraseOptions{output: output}.erase(t.Context(), p, unsure{}, []cx.ID{id})
		if err == nil || !strings.Contains(err.Error(), "the words are still there") {
			t.Errorf("-o %q: %v, want an error that says what is there", output, err)
		}
		receipt := stdout.String()
		if output != "" {
			b, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			receipt = string(b)
		}
		if !strings.Contains(receipt, id.String()) || !strings.Contains(receipt, "the words are still there") || strings.Contains(receipt, "none is there") {
			t.Errorf("-o %q: the receipt is\n%s", output, receipt)
		}
	}
}

// Whoever calls off what an agent does is not told that it was not done.
func TestRewrittenByAgent(t *testing.T) {
	off, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		k    keeper
		want string
	}{
		{&api.Client{}, "erasing: interrupted; the agent may have done it before it knew"},
		{unsure{}, "erasing: interrupted; the database is as it was"},
	} {
		if err := rewritten(off, tt.k, "erasing", context.Canceled); err == nil || err.Error() != tt.want {
			t.Errorf("%T called off: %v, want %s", tt.k, err, tt.want)
		}
		fault := errors.New("no room")
		if err := rewritten(t.Context(), tt.k, "erasing", fault); !errors.Is(err, fault) {
			t.Errorf("%T: %v, want %v", tt.k, err, fault)
		}
	}
}
