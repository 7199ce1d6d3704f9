package simcluster

import (
	"context"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// errShuttingDown is a draining coordinator's reply to new sessions and statements
// (SERVER_SHUTTING_DOWN in common/thrift/generate_error_codes.py).
const errShuttingDown sqlError = "Server is being shut down: " + shutdownStatus + ".\n"

// shutdownStatus is the progress of a shutdown (ShutdownStatusToString,
// be/src/service/impala-server.cc). It does not advance.
const shutdownStatus = "shutdown grace period left: 1m30s, deadline left: 58m20s, " +
	"cancel deadline left: 57m20s, queries registered on coordinator: 1, queries executing: 0, fragment instances: 0"

// errNoExecutors is the error of a query that was not admitted for lack of
// executors (REASON_NO_EXECUTOR_GROUPS, be/src/scheduling/admission-controller.cc).
// Here it is returned immediately, not after the timeout.
const errNoExecutors sqlError = "Admission for query exceeded timeout 60000ms in pool default-pool. " +
	"Queued reason: Waiting for executors to start. Only DDL queries and queries scheduled only on the coordinator " +
	"(either NUM_NODES set to 1 or when small query optimization is triggered) can currently run. Additional Details: Not Applicable\n"

// The SQLSTATEs that Impala uses over HS2.
const (
	sqlStateGeneral     = "HY000"
	sqlStateUnsupported = "HYC00"
)

func successStatus() *hs2.TStatus { return &hs2.TStatus{StatusCode: hs2.TStatusCode_SUCCESS} }

func failureStatus(err error) *hs2.TStatus { return errorStatus(err.Error(), sqlStateGeneral) }

func unsupportedStatus() *hs2.TStatus {
	return errorStatus("Unsupported operation", sqlStateUnsupported)
}

func errorStatus(text, state string) *hs2.TStatus {
	return &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR, ErrorMessage: &text, SqlState: &state}
}

func statusOf(err error) *hs2.TStatus {
	if err != nil {
		return failureStatus(err)
	}
	return successStatus()
}

// queryError adds the query ID to an error as Impala does since 4.5.
func queryError(id handle, err error) error {
	return sqlError(fmt.Sprintf("Query %s failed:\n%s\n", id, err))
}

// progressLog returns the log of a query that scans nothing.
func progressLog(id handle) string {
	return fmt.Sprintf("Query %s 100%% Complete (0 out of 0)\n", id)
}

// webURL returns the web server's URL as in Ping; "" with the fault ping-off.
func (c *coordinator) webURL() string {
	if c.plan.pingOff {
		return ""
	}
	return "http://" + c.name
}

func newIdentifier(id, secret handle) *hs2.THandleIdentifier {
	return &hs2.THandleIdentifier{GUID: id[:], Secret: secret[:]}
}

// parseIdentifier checks the sizes of an ID and a secret and converts them.
func parseIdentifier(h *hs2.THandleIdentifier) (id, secret handle, err error) {
	if len(h.GUID) != len(id) || len(h.Secret) != len(secret) {
		return id, secret, sqlError(fmt.Sprintf("Malformed THandleIdentifier (guid size: %d, expected 16, secret size: %d, expected 16)\n",
			len(h.GUID), len(h.Secret)))
	}
	return handle(h.GUID), handle(h.Secret), nil
}

// sessionOf finds a session by its handle and checks that it belongs to the user
// of the connection.
func (c *coordinator) sessionOf(ctx context.Context, h *hs2.TSessionHandle) (*session, error) {
	id, secret, err := parseIdentifier(h.SessionId)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	s := c.sessions[id]
	c.mu.Unlock()
	if s == nil || s.secret != secret {
		return nil, sqlError(fmt.Sprintf("Invalid session id: %s\n", id))
	}
	return s, checkUser(ctx, s)
}

// checkUser returns Impala's error for a session of another user than the one who
// has logged in.
func checkUser(ctx context.Context, s *session) error {
	if user := connectionOf(ctx).user; user != "" && user != s.user {
		return sqlError(fmt.Sprintf("The user authorized on the connection '%s' does not match the session username '%s'\n", user, s.user))
	}
	return nil
}

// operationOf finds an operation by its handle. Impala never replies
// INVALID_HANDLE_STATUS; a handle of another coordinator is an ordinary error.
func (c *coordinator) operationOf(ctx context.Context, h *hs2.TOperationHandle) (*operation, error) {
	id, secret, err := parseIdentifier(h.OperationId)
	if err != nil {
		return nil, err
	}
	o := c.operation(id)
	if o == nil {
		return nil, unknownQuery(id)
	}
	if o.session.secret != secret {
		return nil, queryError(id, sqlError(fmt.Sprintf("Query id %s not found.\n", id)))
	}
	if err := checkUser(ctx, o.session); err != nil {
		return nil, err
	}
	return o, nil
}

func unknownQuery(id handle) error {
	return queryError(id, sqlError(fmt.Sprintf("Invalid or unknown query handle: %s.\n", id)))
}

// rewind restarts fetching. It is allowed with a result cache, or before the
// first fetch.
func (c *coordinator) rewind(o *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.fetched > 0 && !o.canRewind {
		return false
	}
	o.fetched = 0
	return true
}
