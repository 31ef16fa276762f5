package store

import "os"

// LooksLikeDatabase reports whether a file begins as a database does, damaged or
// not, whatever it is called.
func LooksLikeDatabase(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	first, err := readHeader(f, 0)
	if err != nil || first.ours() {
		return err == nil, err
	}
	for at := int64(minPageBytes); at <= maxPageBytes; at *= 2 { // the first page may be damaged
		second, err := readHeader(f, at)
		if err != nil || second.valid() {
			return err == nil, err
		}
	}
	return false, nil
}
