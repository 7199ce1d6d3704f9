package run

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// crockford is the alphabet of ULIDs (github.com/ulid/spec): it sorts as its values do.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newID returns a ULID: 26 characters, of which the first ten are the time in
// milliseconds and the rest chance, so that names sort by time and never meet.
func newID(now time.Time) string {
	// 130 bits of base32 hold 128: two leading zero bits, so four zero bytes of
	// padding in front bring the value to whole groups of five bits.
	var b [20]byte
	binary.BigEndian.PutUint64(b[2:10], uint64(now.UnixMilli()))
	_, _ = rand.Read(b[10:]) // never fails
	return crockford.EncodeToString(b[:])[6:]
}
