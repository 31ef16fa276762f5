package cx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// MaxFrozenBytes is the most that the numbers of a frozen week may take: several
// thousand rows of a report.
const MaxFrozenBytes = 4 << 20

// Frozen is a closed week as it was once written.
type Frozen struct {
	// Week is one of the years 2000 to 2100, never zero.
	Week Week `json:"week"`
	// Zone is the IANA name of the zone whose week it is, never "".
	Zone string `json:"zone"`
	// Revision is 1 for the week as it was first written, one more each time after.
	Revision int `json:"revision"`
	// FrozenAt is when it was written, in UTC to the millisecond; a store sets it.
	FrozenAt time.Time `json:"frozen_at,omitzero"`
	// SHA256 is that of Numbers, 64 hexadecimal digits in lower case.
	SHA256 string `json:"sha256"`
	// Numbers is what was written, 1 to [MaxFrozenBytes] bytes.
	Numbers []byte `json:"numbers"`
}

// Sum returns the SHA-256 of numbers as [Frozen] has it.
func Sum(numbers []byte) string {
	sum := sha256.Sum256(numbers)
	return hex.EncodeToString(sum[:])
}

// Check returns every reason why the week may not be stored, joined, or nil.
func (f Frozen) Check() error {
	errs := []error{CheckWeek("week", f.Week), CheckName("zone", f.Zone)}
	if f.Zone == "" {
		errs = append(errs, errors.New("zone is missing"))
	}
	if n := len(f.Numbers); n == 0 || n > MaxFrozenBytes {
		errs = append(errs, fmt.Errorf("numbers of %d bytes are not between 1 and %d", n, MaxFrozenBytes))
	} else if sum := Sum(f.Numbers); f.SHA256 != sum {
		errs = append(errs, fmt.Errorf("sha256 %q is not that of the numbers, %s", clip(f.SHA256), sum))
	}
	return errors.Join(errs...)
}
