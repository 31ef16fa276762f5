package pagelab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/weblab"
)

// smallDisk mounts a file system of a megabyte.
func smallDisk(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("no small file system to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill leaves no byte of a disk, and returns how to make room again.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// While the disk is full the page says so of presses, taps and notes; with room again everything is stored, once.
func testFullDisk(t *testing.T, b *weblab.Browser) {
	folder := smallDisk(t)
	d := newDeskIn(t, folder, "[press]\nguard = 0\nsame_conversation = 0\ndebounce = 0\n")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	free := fill(t, folder)
	presses := 0
	for ; !strings.Contains(p.text("#alarm"), "in the agent’s memory."); presses++ { // the file has some room of its own
		d.press(billKey)
		p.wait(fmt.Sprintf(`document.querySelectorAll(".card").length > %d || document.getElementById("alarm").innerText.includes("memory")`, presses+1))
	}
	p.waitText("#state", "Connected, but nothing can be saved")
	p.waitText("#alarm", "The disk is full. 1 press waits in the agent’s memory.")
	p.keys("nstill waiting")
	p.keys(kb.Enter)
	p.waitText("#note-state", "NOT saved. Kept in this page")
	p.waitText("#alarm", "NOT saved yet: 1 note, kept in this page.")
	p.keys("3")
	p.waitText(`.key[data-key="praise"] .fate`, "NOT saved")
	p.waitText("#alarm", "2 presses wait in the agent’s memory.")
	p.keep("full-disk")
	p.fair("full disk")
	free()
	p.waitText("#state", "Connected")
	p.wait(`document.getElementById("alarm").childElementCount === 0`)
	p.waitCards(1 + presses + 1)
	got := map[string]int{}
	for _, e := range d.stored() {
		got[strings.TrimSpace(e.Tag+" "+e.Note)]++
	}
	want := map[string]int{"refund-slow": 1, "bill-unclear": presses - 1, "bill-unclear still waiting": 1, "praise": 1}
	if presses == 1 {
		delete(want, "bill-unclear")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the file (-want +got):\n%s", diff)
	}
	p.sound()
}
