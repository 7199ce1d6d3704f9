package impalaweb

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// What a coordinator's pages say is changed on its way: values within their limits, and none
// of a page that was cut, or an error in one line.
func TestTampered_Pages(t *testing.T) {
	cluster := startWithPages(t, simcluster.Config{})
	peertest.EachChange(t, cluster.Names()[0], 100, func(p *peertest.Tampered, c peertest.Change) bool {
		wait := 60 * time.Millisecond
		if c.Name == "" {
			wait = maxDuration
		}
		v, err := readWithin(t.Context(), wait, p.Addr, ServerHiveServer2, Access{})
		for _, count := range []*int{v.Threads, v.InUse, v.Total, v.Sessions, v.Executors} {
			if count != nil && (*count < 0 || *count > maxCount) {
				t.Errorf("%s: count %d", c, *count)
			}
		}
		if err == nil {
			if p.Met(c).Loses {
				t.Errorf("%s: taken for whole", c)
			}
			return true
		}
		if page, ok := errors.AsType[*PageError](err); !ok || strings.ContainsFunc(page.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) || len(page.Error()) > 2*maxText {
			t.Errorf("%s: %v", c, err)
		}
		return false
	})
}
