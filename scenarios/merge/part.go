package merge

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// part is a list of which a sum holds only a part where the documents have more together.
type part struct {
	name   string
	most   int
	rest   string // what becomes of the others
	judged bool   // findings rest on all of it, so the sum is not whole
}

// maxCerts bounds the certificates of a sum: a run keeps 256.
const maxCerts = 1 << 10

const leftOut = "the others are left out"

var (
	partCerts   = part{"certificates by node", maxCerts, leftOut, true}
	partHandles = part{"pairs of coordinators in handles", scenarios.MaxHandles, leftOut, true}
	partTags    = part{"times by tag", scenarios.MaxTags, leftOut, true}
	partScouts  = part{"nodes in scouts", scenarios.MaxScouts, leftOut, false}
	partLogins  = part{"coordinators or nodes in logins", scenarios.MaxNames, leftOut, false}
	partCloses  = part{"coordinators in closes", scenarios.MaxCloses, "the others are counted together", false}
	partRemarks = part{"remarks", maxRemarks, leftOut, false}
)

func (p part) String() string {
	return fmt.Sprintf("the results have more than %d %s together: %s", p.most, p.name, p.rest)
}

// cut notes that the sum holds only a part.
func (s *sum) cut(p part) {
	if !slices.Contains(s.parts, p) {
		s.parts = append(s.parts, p)
	}
}

// cutBefore notes what was cut when a document that is a sum was made: a list that is
// full.
func (s *sum) cutBefore(r scenarios.Result) {
	if len(r.Sources) == 0 {
		return
	}
	for _, list := range []struct {
		part
		n int
	}{{partCerts, len(r.TLS)}, {partHandles, len(r.Handles)}, {partTags, len(r.Tags)}} {
		if list.n >= list.most {
			s.cut(list.part)
		}
	}
}

// certKey is what certificates have in common that are counted together.
type certKey struct {
	node               netip.AddrPort
	leaf, chain, asked string
	status             scenarios.ChainStatus
	hostOK             bool
}

func certKeyOf(c scenarios.Cert) certKey {
	return certKey{c.Node, c.Fingerprint, c.ChainFingerprint, c.ServerName, c.Chain, c.HostOK}
}
