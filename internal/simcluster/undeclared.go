package simcluster

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// undeclaredException is an exception in a call that does not declare one, which
// Impala throws nevertheless. The message is that of Thrift's generated C++ code.
type undeclaredException struct{ cause *beeswax.BeeswaxException }

func (u undeclaredException) Error() string {
	return fmt.Sprintf("TException - service has thrown: BeeswaxException(message=%s, log_context=, "+
		"handle=QueryHandle(id=, log_context=), errorCode=0, SQLState=%s)", u.cause.Message, u.cause.GetSQLState())
}

// undeclaredProtocol writes an undeclaredException as the C++ runtime does: as an
// application exception of type UNKNOWN with that message. The generated Go code
// writes type INTERNAL_ERROR and adds a prefix.
type undeclaredProtocol struct {
	thrift.TProtocol
	isException  bool // the message being written is an exception
	isUndeclared bool // the message being written is an undeclaredException
}

// goPrefix is the start of the prefix that the generated Go code adds.
const goPrefix = "Internal error processing "

func (p *undeclaredProtocol) WriteMessageBegin(ctx context.Context, name string, t thrift.TMessageType, seq int32) error {
	p.isException, p.isUndeclared = t == thrift.EXCEPTION, false
	return p.TProtocol.WriteMessageBegin(ctx, name, t, seq)
}

func (p *undeclaredProtocol) WriteString(ctx context.Context, s string) error {
	if call, ok := strings.CutPrefix(s, goPrefix); ok && p.isException {
		if _, text, ok := strings.Cut(call, ": TException - "); ok {
			p.isUndeclared, s = true, "TException - "+text
		}
	}
	return p.TProtocol.WriteString(ctx, s)
}

func (p *undeclaredProtocol) WriteI32(ctx context.Context, v int32) error {
	if p.isUndeclared && v == thrift.INTERNAL_ERROR {
		v = thrift.UNKNOWN_APPLICATION_EXCEPTION
	}
	return p.TProtocol.WriteI32(ctx, v)
}
