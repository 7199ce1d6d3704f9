package keytab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Table is the entries of a key table, in the order of the file.
type Table []Entry

// Entry is one key of one principal.
type Entry struct {
	Realm string
	Name  []string // components: impala, host.example.com
	Time  time.Time
	KVNO  uint32 // key version number
	EType int32  // encryption type
	Key   []byte
}

// Principal is the entry's name as people write it: impala/host@REALM.
func (e Entry) Principal() string { return strings.Join(e.Name, "/") + "@" + e.Realm }

// Format writes the principal, the version and the encryption type, and never the key.
func (e Entry) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s kvno %d etype %d", e.Principal(), e.KVNO, e.EType)
}

// ErrMalformed is returned for bytes that are no key table.
var ErrMalformed = errors.New("not a Kerberos keytab, or a damaged one")

// The formats: 5, then the version. Version 1 is in the byte order of the machine
// that wrote it and counts the realm as a component; all that still write it are
// little-endian.
const (
	magic      = 5
	version1   = 1
	version2   = 2
	nameType   = 1 // KRB_NT_PRINCIPAL
	maxEntries = 10000
	maxParts   = 32
)

// Parse reads a key table. It fails with [ErrMalformed]. Holes, which deleted entries
// leave, are passed over.
func Parse(data []byte) (Table, error) {
	if len(data) < 2 || data[0] != magic || data[1] != version1 && data[1] != version2 {
		return nil, ErrMalformed
	}
	var order binary.ByteOrder = binary.BigEndian
	if data[1] == version1 {
		order = binary.LittleEndian
	}
	var t Table
	for rest := data[2:]; len(rest) >= 4; {
		size := int64(int32(order.Uint32(rest)))
		rest = rest[4:]
		if size == 0 {
			break
		}
		hole := size < 0
		if hole {
			size = -size
		}
		if size > int64(len(rest)) {
			return nil, ErrMalformed
		}
		if !hole {
			r := reader{rest: rest[:size], order: order}
			t = append(t, r.entry(data[1] == version1))
			if r.failed || len(t) > maxEntries {
				return nil, ErrMalformed
			}
		}
		rest = rest[size:]
	}
	return t, nil
}

// reader takes values off the front of an entry; after the first that is cut off it
// has failed, and returns zeros.
type reader struct {
	rest   []byte
	order  binary.ByteOrder
	failed bool
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) number(size int) uint32 {
	b := r.bytes(size)
	switch {
	case b == nil:
		return 0
	case size == 1:
		return uint32(b[0])
	case size == 2:
		return uint32(r.order.Uint16(b))
	}
	return r.order.Uint32(b)
}

func (r *reader) text() string { return string(r.bytes(int(r.number(2)))) }

func (r *reader) entry(v1 bool) Entry {
	parts := int(r.number(2))
	if v1 {
		parts--
	}
	if parts < 1 || parts > maxParts {
		r.failed = true
		return Entry{}
	}
	e := Entry{Realm: r.text(), Name: make([]string, parts)}
	for i := range e.Name {
		e.Name[i] = r.text()
	}
	if !v1 {
		r.number(4) // the type of the name, which has no meaning in a comparison
	}
	e.Time = time.Unix(int64(r.number(4)), 0)
	e.KVNO = r.number(1)
	e.EType = int32(int16(r.number(2)))
	e.Key = slices.Clone(r.bytes(int(r.number(2))))
	if len(r.rest) >= 4 && !r.failed { // a version number beyond 255
		if n := r.number(4); n != 0 {
			e.KVNO = n
		}
	}
	return e
}

// Marshal writes the table in version 2.
func (t Table) Marshal() []byte {
	out := []byte{magic, version2}
	text := func(b []byte, s string) []byte {
		return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	for _, e := range t {
		b := binary.BigEndian.AppendUint16(nil, uint16(len(e.Name)))
		b = text(b, e.Realm)
		for _, part := range e.Name {
			b = text(b, part)
		}
		b = binary.BigEndian.AppendUint32(b, nameType)
		b = binary.BigEndian.AppendUint32(b, uint32(e.Time.Unix()))
		b = append(b, byte(e.KVNO))
		b = binary.BigEndian.AppendUint16(b, uint16(e.EType))
		b = text(b, string(e.Key))
		b = binary.BigEndian.AppendUint32(b, e.KVNO)
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
		out = append(out, b...)
	}
	return out
}

// Find is the entry of a principal with an encryption type and a key version; of
// version 0, the newest. ok is false where there is none.
func (t Table) Find(name []string, realm string, etype int32, kvno uint32) (found Entry, ok bool) {
	for _, e := range t {
		if e.EType != etype || e.Realm != realm || !slices.Equal(e.Name, name) {
			continue
		}
		// A file may have the version's low byte alone.
		if kvno != 0 && e.KVNO != kvno && (e.KVNO > 0xff || e.KVNO != kvno&0xff) {
			continue
		}
		if !ok || e.KVNO > found.KVNO {
			found, ok = e, true
		}
	}
	return found, ok
}

// ETypes are the encryption types that a principal has keys of, in the order of the
// file, each once.
func (t Table) ETypes(name []string, realm string) []int32 {
	var types []int32
	for _, e := range t {
		if e.Realm == realm && slices.Equal(e.Name, name) && !slices.Contains(types, e.EType) {
			types = append(types, e.EType)
		}
	}
	return types
}

// Principals are the names in the table, each once, in the order of the file.
func (t Table) Principals() []string {
	var names []string
	for _, e := range t {
		if p := e.Principal(); !slices.Contains(names, p) {
			names = append(names, p)
		}
	}
	return names
}
