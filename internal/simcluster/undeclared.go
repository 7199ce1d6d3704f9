package simcluster

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// undeclaredException is an exception in a call whose declaration has none: Impala
// throws it all the same. Its text is that of Thrift's generated C++.
type undeclaredException struct{ cause *beeswax.BeeswaxException }

func (u undeclaredException) Error() string {
	return fmt.Sprintf("TException - service has thrown: BeeswaxException(message=%s, log_context=, "+
		"handle=QueryHandle(id=, log_context=), errorCode=0, SQLState=%s)", u.cause.Message, u.cause.GetSQLState())
}

// undeclaredProtocol writes such an exception as the C++ runtime does: an
// application exception of type UNKNOWN with that text alone. Generated Go
// writes INTERNAL_ERROR, and a prefix.
type undeclaredProtocol struct {
	thrift.TProtocol
	exception, rewrites bool // of the message that is being written: it is one; it is one of these
}

// goPrefix begins the message, and ends at a colon.
const goPrefix = "Internal error processing "

func (p *undeclaredProtocol) WriteMessageBegin(ctx context.Context, name string, t thrift.TMessageType, seq int32) error {
	p.exception, p.rewrites = t == thrift.EXCEPTION, false
	return p.TProtocol.WriteMessageBegin(ctx, name, t, seq)
}

func (p *undeclaredProtocol) WriteString(ctx context.Context, s string) error {
	if call, ok := strings.CutPrefix(s, goPrefix); ok && p.exception {
		if _, text, ok := strings.Cut(call, ": TException - "); ok {
			p.rewrites, s = true, "TException - "+text
		}
	}
	return p.TProtocol.WriteString(ctx, s)
}

func (p *undeclaredProtocol) WriteI32(ctx context.Context, v int32) error {
	if p.rewrites && v == thrift.INTERNAL_ERROR {
		v = thrift.UNKNOWN_APPLICATION_EXCEPTION
	}
	return p.TProtocol.WriteI32(ctx, v)
}
