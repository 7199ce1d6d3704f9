package nodes

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxListed bounds the addresses of a text.
const maxListed = 8

// List is "192.0.2.1:21050, 192.0.2.2:21050", and how many more there are.
func List(nodes []scenarios.Node) string {
	text := ""
	for i, n := range nodes {
		if i == maxListed {
			return text + fmt.Sprintf(", and %d more", len(nodes)-maxListed)
		}
		if i > 0 {
			text += ", "
		}
		text += n.Addr.String()
	}
	return text
}
