package hid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Claim is the note of a device that is held, enough to give it back to the system's driver after the program that held
// it was killed.
type Claim struct {
	Path       string `json:"path"`
	VendorID   uint16 `json:"vendor_id"`
	ProductID  uint16 `json:"product_id"`
	Release    uint16 `json:"release"`
	Serial     string `json:"serial,omitempty"`
	Driver     string `json:"driver,omitempty"` // the system's driver that had it; empty: none, so there is nothing to give back to
	Lit        []LED  `json:"lit,omitempty"`
	Descriptor []byte `json:"descriptor,omitempty"` // as Linux loses sight of it while the device is held
}

func newClaim(d Device) Claim {
	return Claim{
		Path: d.Path, VendorID: d.VendorID, ProductID: d.ProductID, Release: d.Release, Serial: d.Serial,
		Driver: d.Driver, Lit: d.Lit, Descriptor: d.Descriptor,
	}
}

// same tells whether two claims are on one device.
func (c Claim) same(o Claim) bool {
	return c.Path == o.Path && c.VendorID == o.VendorID && c.ProductID == o.ProductID &&
		c.Release == o.Release && c.Serial == o.Serial
}

// Matches tells whether a device at the claim's path is still the one that was claimed, not another one in its place.
func (c Claim) Matches(d Device) bool { return c.same(newClaim(d)) }

// claimsVersion is the form of the file. A file of another form is an error, and replaced by the next claim.
const claimsVersion = 1

type claimsFile struct {
	Version int     `json:"version"`
	Claims  []Claim `json:"claims"`
}

// claims is what this program holds, and what an earlier one did not give back, in memory and in a file.
type claims struct {
	file    string     // empty: memory only
	writing sync.Mutex // held while the file is replaced, which takes as long as the disk does
	mu      sync.Mutex // guards held, never for long
	held    []Claim
}

// load reads what an earlier program left behind. No file is no claims.
func (c *claims) load() error {
	if c.file == "" {
		return nil
	}
	b, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading claims: %w", err)
	}
	var f claimsFile
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("reading claims %s: %w", c.file, err)
	}
	if f.Version != claimsVersion {
		return fmt.Errorf("reading claims %s: version %d, want %d", c.file, f.Version, claimsVersion)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = f.Claims
	return nil
}

// add notes a device before it is opened. It returns when the note is on the disk. What an older claim on a device without
// a driver knew stays known.
func (c *claims) add(claim Claim) error {
	return c.change(func(held []Claim) []Claim {
		for _, old := range held {
			if claim.Driver == "" && claim.same(old) {
				claim = old
			}
		}
		return append(without(held, claim.Path), claim)
	})
}

// remove forgets a device that was given back or is gone.
func (c *claims) remove(path string) error {
	return c.change(func(held []Claim) []Claim { return without(held, path) })
}

// of is the claim on a device, if it is noted.
func (c *claims) of(d Device) (Claim, bool) {
	for _, claim := range c.all() {
		if claim.Matches(d) {
			return claim, true
		}
	}
	return Claim{}, false
}

// all is every claim.
func (c *claims) all() []Claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.held)
}

func without(held []Claim, path string) []Claim {
	return slices.DeleteFunc(held, func(x Claim) bool { return x.Path == path })
}

// change replaces the claims by f of a copy of them, in the file first.
func (c *claims) change(f func(held []Claim) []Claim) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	held := f(c.all())
	if c.file != "" {
		if err := writeClaims(c.file, held); err != nil {
			return fmt.Errorf("noting the devices that are held: %w", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
	return nil
}

// writeClaims replaces the file so that after a crash or a power cut it holds either the old claims or the new ones.
func writeClaims(file string, held []Claim) error {
	b, err := json.MarshalIndent(claimsFile{Version: claimsVersion, Claims: held}, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	f, err := os.CreateTemp(dir, filepath.Base(file)+".new*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // an error once it is renamed, which is as it should be
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return syncDir(dir)
}
