package usblab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Recover copies the files of a disk whose power was cut to dir, as the next mount would show them: it replays the journal of
// the file system first. No guest is needed, so that many cuts can be looked at.
func Recover(image []byte, dir string) error {
	disk := filepath.Join(dir, "disk.img")
	if err := writeSparse(disk, image); err != nil {
		return err
	}
	defer func() { _ = os.Remove(disk) }()
	// -p does what a mount does and asks nothing; 1 is "repaired", such as a file that was deleted while it was open (e2fsck(8)).
	const repaired = 1
	out, err := exec.Command(systemTool("e2fsck"), "-p", disk).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == repaired) {
		return fmt.Errorf("recovering the file system: %w\n%s", err, out)
	}
	out, err = exec.Command(systemTool("debugfs"), "-R", "rdump / "+dir, disk).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copying files off the disk: %w\n%s", err, out)
	}
	// It exits with 0 whatever it could not read. Only root may give files away, and nobody needs that here.
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "debugfs 1.") && !strings.Contains(line, "changing ownership") {
			return fmt.Errorf("copying files off the disk: %s", line)
		}
	}
	return nil
}

// writeSparse writes an image and leaves out what is zero.
func writeSparse(path string, image []byte) error {
	const block = 4096
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(int64(len(image))); err != nil {
		return err
	}
	var zeros [block]byte
	for at := 0; at < len(image); at += block {
		part := image[at:min(at+block, len(image))]
		if string(part) == string(zeros[:len(part)]) {
			continue
		}
		if _, err := f.WriteAt(part, int64(at)); err != nil {
			return err
		}
	}
	return f.Close()
}
