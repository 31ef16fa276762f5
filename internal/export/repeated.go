package export

// repeated writes texts that stand together in many events, such as a tag and its
// stage and channel, and keeps how they were written.
type repeated [repeatedKept]struct {
	x, y, z string
	written []byte // nil where there is none
}

// repeatedKept is how many are kept: the keys of fifty desks. More would not stay in
// a processor's cache.
const repeatedKept = 1 << 10

// append writes three texts to the end of b, as write does, which is always the same.
func (r *repeated) append(b []byte, write func(b []byte, x, y, z string) []byte, x, y, z string) []byte {
	// Multiplicative hashing (Knuth, volume 3, section 6.4).
	const golden = 0x9e3779b97f4a7c15
	h := ((ending(x)*golden+ending(y))*golden + ending(z)) * golden
	k := &r[h>>32%repeatedKept]
	if k.written == nil || k.x != x || k.y != y || k.z != z {
		k.x, k.y, k.z = x, y, z
		k.written = write(k.written[:0], x, y, z)
	}
	return append(b, k.written...)
}

// ending is a number in which texts differ that differ in length or at their ends,
// as names with numbers do.
func ending(s string) uint64 {
	n := len(s)
	if n < 2 {
		return uint64(n)
	}
	return uint64(n) | uint64(s[n-1])<<8 | uint64(s[n-2])<<16
}
