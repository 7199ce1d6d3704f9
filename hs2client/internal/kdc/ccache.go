package kdc

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// cache is what a credential cache in a file holds.
type cache struct {
	client  types.PrincipalName
	realm   string
	entries []entry
}

// entry is one ticket.
type entry struct {
	service types.PrincipalName
	realm   string
	key     types.EncryptionKey
	start   time.Time
	end     time.Time
	ticket  []byte
}

// errCache is for bytes that are no credential cache.
var errCache = errors.New("not a Kerberos credential cache, or a damaged one")

// Bounds on a cache.
const (
	maxEntries = 10000
	maxParts   = 32
)

// configRealm is that of entries which are settings, and no tickets.
const configRealm = "X-CACHECONF:"

// parseCache reads versions 3 and 4 of the format, which all libraries have written for
// decades.
func parseCache(data []byte) (cache, error) {
	r := cacheReader{rest: data}
	if r.number(1) != 5 {
		return cache{}, errCache
	}
	version := r.number(1)
	switch version {
	case 3:
	case 4:
		r.bytes(int(r.number(2))) // the header: an offset of the clock, which we do not take
	default:
		return cache{}, errCache
	}
	var c cache
	c.client, c.realm = r.principal()
	for len(r.rest) > 0 && !r.failed {
		e := r.entry(version == 3)
		if !strings.HasPrefix(e.realm, configRealm) {
			c.entries = append(c.entries, e)
		}
		if len(c.entries) > maxEntries {
			return cache{}, errCache
		}
	}
	if r.failed {
		return cache{}, errCache
	}
	return c, nil
}

// cacheReader takes values off the front; after the first that is cut off it has failed,
// and returns zeros.
type cacheReader struct {
	rest   []byte
	failed bool
}

func (r *cacheReader) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *cacheReader) number(size int) uint32 {
	var wide [4]byte
	copy(wide[4-size:], r.bytes(size))
	return binary.BigEndian.Uint32(wide[:])
}

func (r *cacheReader) data() []byte { return r.bytes(int(r.number(4))) }

func (r *cacheReader) time() time.Time {
	n := r.number(4)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

func (r *cacheReader) principal() (types.PrincipalName, string) {
	name := types.PrincipalName{NameType: int32(r.number(4))}
	parts := r.number(4)
	if parts == 0 || parts > maxParts {
		r.bytes(-1)
		return name, ""
	}
	realm := string(r.data())
	for range parts {
		name.NameString = append(name.NameString, string(r.data()))
	}
	return name, realm
}

func (r *cacheReader) entry(v3 bool) entry {
	r.principal() // the client, which is that of the cache
	var e entry
	e.service, e.realm = r.principal()
	e.key.KeyType = int32(int16(r.number(2)))
	if v3 {
		r.number(2) // the same again
	}
	e.key.KeyValue = slices.Clone(r.data())
	auth := r.time()
	if e.start = r.time(); e.start.IsZero() {
		e.start = auth
	}
	e.end = r.time()
	r.number(4)   // until when it may be renewed
	r.bytes(1)    // whether it is another's session key
	r.number(4)   // flags
	for range 2 { // addresses and authorization data: a kind and data each
		for n := r.number(4); n > 0 && !r.failed; n-- {
			r.bytes(2)
			r.data()
		}
	}
	e.ticket = slices.Clone(r.data())
	r.data() // a second ticket
	return e
}

// find is the ticket for a service that is valid the longest; ok is false where there is
// none.
func (c *cache) find(service types.PrincipalName, realm string) (found entry, ok bool) {
	for _, e := range c.entries {
		if e.service.Equal(service) && (realm == "" || e.realm == realm) && (!ok || e.end.After(found.end)) {
			found, ok = e, true
		}
	}
	return found, ok
}

// credential is an entry as a ticket is used.
func (c *cache) credential(e entry) (Ticket, error) {
	t, err := krbmsg.ParseTicket(e.ticket)
	if err != nil {
		return Ticket{}, err
	}
	out := Ticket{End: e.end}
	out.Client, out.Realm, out.Ticket, out.Key = c.client, c.realm, t, e.key
	return out, nil
}
