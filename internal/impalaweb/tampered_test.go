package impalaweb

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// What a coordinator's pages say is changed on its way: values within their limits, or an
// error in one line.
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
			return true
		}
		if page, ok := errors.AsType[*PageError](err); !ok || strings.Contains(page.Error(), "\n") || len(page.Error()) > 2*maxText {
			t.Errorf("%s: %v", c, err)
		}
		return false
	})
}
