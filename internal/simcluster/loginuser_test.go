package simcluster

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestCluster_LoginNames(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers})
	for response, want := range map[string]string{
		"\x00 alice \x00wonderland":       "alice",
		"operator\x00alice\x00wonderland": "operator", // it is not checked whether she may
	} {
		conn := dialNode(t, cl)
		hello := saslframe.AppendMessage(nil, saslframe.StatusStart, []byte(saslframe.MechanismPlain))
		if _, err := conn.Write(saslframe.AppendMessage(hello, saslframe.StatusOK, []byte(response))); err != nil {
			t.Fatal(err)
		}
		if err := expectMessage(conn, saslframe.StatusComplete, ""); err != nil {
			t.Fatalf("%q: %v", response, err)
		}
		u := newTestClientOver(newFramedConn(conn))
		if err := u.open(); err != nil {
			t.Fatal(err)
		}
		if columns, err := u.query("select user()"); err != nil || columns[0].StringVal.Values[0] != want {
			t.Errorf("%q: %v, %v; want %s", response, columns, err, want)
		}
		u.close()
	}
}

func TestCluster_HandleOfAnotherUser(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: map[string]string{"alice": "a", "bob": "b"}})
	clients := make(map[string]*testClient)
	for user, password := range map[string]string{"alice": "a", "bob": "b"} {
		conn := dialNode(t, cl)
		if err := login(conn, user, password); err != nil {
			t.Fatal(err)
		}
		clients[user] = newTestClientOver(newFramedConn(conn))
	}
	if err := clients["alice"].open(); err != nil {
		t.Fatal(err)
	}
	op := executeStatement(t, clients["alice"], "select 1")
	const want = "The user authorized on the connection 'bob' does not match the session username 'alice'\n"
	for call, status := range map[string]*hs2.TStatus{
		"GetOperationStatus": must(clients["bob"].GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: op})).Status,
		"FetchResults":       must(clients["bob"].FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: op})).Status,
		"CloseOperation":     must(clients["bob"].CloseOperation(ctx, &hs2.TCloseOperationReq{OperationHandle: op})).Status,
	} {
		if status.GetErrorMessage() != want {
			t.Errorf("%s: %v", call, status)
		}
	}
}

// A connection that has not said anything is not accepted at once, so that for some
// time it blocks nobody.
func TestThreadPool_SilentConnectionsAreDeferred(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers, deferAccept: time.Hour})
	dialNode(t, cl)
	dialNode(t, cl)
	if err := login(dialNode(t, cl), "alice", "wonderland"); err != nil {
		t.Error(err)
	}
	cl = start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers, deferAccept: time.Millisecond})
	dialNode(t, cl)
	dialNode(t, cl)
	setup := cl.coordinators[0].threads[protocolHS2].setup
	eventually(t, func() bool { return len(setup) == cap(setup) })
	blocked := dialNode(t, cl)
	if _, err := blocked.Write(saslframe.AppendMessage(nil, saslframe.StatusStart, []byte("GSSAPI"))); err != nil {
		t.Fatal(err)
	}
	expectSilence(t, blocked)
}
