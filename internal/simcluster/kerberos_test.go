package simcluster

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

const (
	testRealm     = "EXAMPLE.COM"
	testPrincipal = "impala/lb.example.com@" + testRealm
	testAlice     = "alice@" + testRealm
)

// realm issues alice's tickets without a KDC.
type realm struct{ keys keytab.Table }

// newRealm returns a realm with keys for services on lb.example.com.
func newRealm(t testing.TB, services ...string) realm {
	t.Helper()
	var r realm
	for _, service := range services {
		key, err := gss.NewKey(gss.AES256SHA1)
		if err != nil {
			t.Fatal(err)
		}
		r.keys = append(r.keys, keytab.Entry{Realm: testRealm, Name: []string{service, "lb.example.com"}, KVNO: 2, EType: gss.AES256SHA1, Key: key.KeyValue})
	}
	return r
}

// ticket returns a ticket for a service on lb.example.com that is valid for an hour.
func (r realm) ticket(t testing.TB, service string) gss.Credential {
	t.Helper()
	e, ok := r.keys.Find([]string{service, "lb.example.com"}, testRealm, gss.AES256SHA1, 0)
	if !ok {
		t.Fatalf("no key of %s", service)
	}
	session, err := gss.NewKey(gss.AES256SHA1)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	c := gss.Credential{Client: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: testRealm, Key: session}
	plain, err := krbmsg.EncTicketPart{
		Flags: types.NewKrbFlags(), Key: session, CRealm: c.Realm, CName: c.Client, AuthTime: now, StartTime: now, EndTime: now.Add(time.Hour),
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	part, err := gss.EncryptPart(types.EncryptionKey{KeyType: e.EType, KeyValue: e.Key}, 2, plain, int(e.KVNO))
	if err != nil {
		t.Fatal(err)
	}
	c.Ticket = krbmsg.NewTicket(types.PrincipalName{NameType: 2, NameString: e.Name}, testRealm, part)
	return c
}

// config returns a cluster whose coordinators hold the realm's keys.
func (r realm) config(c Config) Config {
	c.Auth |= AuthKerberos
	c.Keytab, c.Principal, c.HTTP = r.keys.Marshal(), testPrincipal, true
	return c
}

// initiate begins a login.
func initiate(t testing.TB, c gss.Credential) (*gss.Initiator, []byte) {
	t.Helper()
	i, token, err := gss.Initiate(c, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return i, token
}

// loginGSSAPI logs in on a binary port as Impala's clients do; authzid may be empty.
func loginGSSAPI(t testing.TB, conn net.Conn, c gss.Credential, authzid string) error {
	t.Helper()
	i, token := initiate(t, c)
	hello := saslframe.AppendMessage(nil, saslframe.StatusStart, []byte(saslframe.MechanismGSSAPI))
	reply, err := step(conn, saslframe.AppendMessage(hello, saslframe.StatusOK, token))
	if err != nil {
		return err
	}
	security, err := i.Finish(reply)
	if err != nil {
		return err
	}
	offer, err := step(conn, saslframe.AppendMessage(nil, saslframe.StatusOK, nil))
	if err != nil {
		return err
	}
	message, _, err := security.Unwrap(offer)
	if err != nil {
		return err
	}
	if want := []byte{1, 0, 0, 0}; !bytes.Equal(message, want) {
		t.Errorf("offer %x, want %x", message, want)
	}
	choice, err := security.Wrap(gss.Layer{QOP: gss.QOPAuth, AuthzID: authzid}.Append(nil), false)
	if err != nil {
		return err
	}
	_, err = step(conn, saslframe.AppendMessage(nil, saslframe.StatusOK, choice))
	return err
}

// step sends messages and reads one.
func step(conn net.Conn, sent []byte) ([]byte, error) {
	if _, err := conn.Write(sent); err != nil {
		return nil, err
	}
	conn.SetReadDeadline(time.Now().Add(soon))
	defer conn.SetReadDeadline(time.Time{})
	_, payload, err := saslframe.ReadMessage(conn, saslframe.MaxMessage)
	return payload, err
}

func TestGSSAPI_LogsIn(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	for name, authzid := range map[string]string{"no authzid": "", "the principal as authzid": testAlice} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, r.config(Config{Coordinators: 1, Beeswax: true}))
			conn := dialNode(t, cl)
			if err := loginGSSAPI(t, conn, r.ticket(t, "impala"), authzid); err != nil {
				t.Fatal(err)
			}
			u := newTestClientOver(newFramedConn(conn))
			defer u.close()
			if err := u.open(); err != nil {
				t.Fatal(err)
			}
			columns, err := u.query("select user()")
			if err != nil || columns[0].StringVal.Values[0] != testAlice {
				t.Errorf("user() is %v, %v", columns, err)
			}
			if s := cl.Stats(); s.Logins != 1 || s.Rejected != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestGSSAPI_RefusesBySilence(t *testing.T) {
	t.Parallel()
	r, stranger := newRealm(t, "impala", "HTTP"), newRealm(t, "impala")
	for name, c := range map[string]struct {
		ticket  gss.Credential
		authzid string
		fault   string
	}{
		"another realm's key":                        {ticket: stranger.ticket(t, "impala")},
		"another service of the keytab":              {ticket: r.ticket(t, "HTTP")},
		"acting as somebody else":                    {ticket: r.ticket(t, "impala"), authzid: "bob@EXAMPLE.COM"},
		"auth-reject":                                {ticket: r.ticket(t, "impala"), fault: "auth-reject"},
		"a coordinator with another keytab":          {ticket: r.ticket(t, "impala"), fault: "wrong-keytab@1"},
		"a coordinator whose clock is six min ahead": {ticket: r.ticket(t, "impala"), fault: "skewed-clock=6m@1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if c.fault != "" {
				faults = []string{c.fault}
			}
			cl := start(t, r.config(Config{Coordinators: 1}), faults...)
			if err := loginGSSAPI(t, dialNode(t, cl), c.ticket, c.authzid); !errors.Is(err, io.EOF) {
				t.Errorf("%v, want EOF", err)
			}
			if s := cl.Stats(); s.Logins != 1 || s.Rejected != 1 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestKerberos_ClockWithinTolerance(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	cl := start(t, r.config(Config{Coordinators: 1}), "skewed-clock=4m")
	if err := loginGSSAPI(t, dialNode(t, cl), r.ticket(t, "impala"), ""); err != nil {
		t.Error(err)
	}
}

func TestSASL_MechanismsOfBoth(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	cl := start(t, r.config(Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers}))
	if err := login(dialNode(t, cl), "alice", "wonderland"); err != nil {
		t.Error("PLAIN:", err)
	}
	if err := loginGSSAPI(t, dialNode(t, cl), r.ticket(t, "impala"), ""); err != nil {
		t.Error("GSSAPI:", err)
	}
	alone := start(t, r.config(Config{Coordinators: 1}))
	conn := dialNode(t, alone)
	conn.Write(saslframe.AppendMessage(nil, saslframe.StatusStart, []byte("PLAIN")))
	if err := expectMessage(conn, saslframe.StatusBad, "Unsupported mechanism type PLAIN"); err != nil {
		t.Error("PLAIN with Kerberos alone:", err)
	}
	keys := start(t, Config{Coordinators: 1, HTTP: true, Auth: AuthJWT})
	visits(t, keys.Nodes()[0], 1) // the binary port asks for nothing
}

// negotiate sends one call with a token and returns the answer. prefix is what the client
// writes before the token.
func negotiate(t *testing.T, cl *Cluster, prefix string, token []byte) string {
	t.Helper()
	return exchange(t, cl, post(openSessionRequest, "Authorization: "+prefix+base64.StdEncoding.EncodeToString(token)))
}

func TestNegotiate_LogsIn(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala", "HTTP")
	cl := start(t, r.config(Config{Coordinators: 1}))
	for name, c := range map[string]struct {
		service, prefix string
		spnego          bool
	}{
		"a raw token, as impala-shell sends":     {service: "impala", prefix: "Negotiate "},
		"in SPNEGO, as curl sends":               {service: "HTTP", prefix: "Negotiate ", spnego: true},
		"with a colon, as Hive's client sends":   {service: "impala", prefix: "Negotiate : "},
		"with another principal of the keytab":   {service: "HTTP", prefix: "Negotiate "},
		"in SPNEGO, with the service's own name": {service: "impala", prefix: "Negotiate ", spnego: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, token := initiate(t, r.ticket(t, c.service))
			if c.spnego {
				token = gss.AppendNegotiation(gss.Negotiation{Token: token})
			}
			answer := negotiate(t, cl, c.prefix, token)
			expectInOrder(t, answer, []string{"HTTP/1.1 200 OK\r\n", "WWW-Authenticate: Negotiate ", "Set-Cookie: impala.auth=", "u=" + testAlice + "&", "a=SPNEGO;"})
			_, rest, _ := strings.Cut(answer, "WWW-Authenticate: Negotiate ")
			encoded, _, _ := strings.Cut(rest, "\r\n")
			reply, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := i.Finish(reply); err != nil {
				t.Error("the coordinator's proof:", err)
			}
		})
	}
}

func TestNegotiate_Refusals(t *testing.T) {
	t.Parallel()
	r, stranger := newRealm(t, "impala"), newRealm(t, "impala")
	_, good := initiate(t, r.ticket(t, "impala"))
	_, wrong := initiate(t, stranger.ticket(t, "impala"))
	header := func(token []byte) httpHeader {
		return "Authorization: Negotiate " + base64.StdEncoding.EncodeToString(token)
	}
	for name, c := range map[string]struct {
		with       Auth
		headers    []httpHeader
		fault      string
		challenges []string
	}{
		"nothing":                      {challenges: []string{"Negotiate"}},
		"nothing, with LDAP":           {with: AuthLDAP, challenges: []string{"Basic", "Negotiate"}},
		"a wrong key":                  {headers: []httpHeader{header(wrong)}},
		"a wrong key, with LDAP":       {with: AuthLDAP, headers: []httpHeader{header(wrong)}},
		"no token":                     {headers: []httpHeader{"Authorization: Negotiate !"}},
		"no blank":                     {headers: []httpHeader{"Authorization: Negotiate"}, challenges: []string{"Negotiate"}},
		"a wrong password, with LDAP":  {with: AuthLDAP, headers: []httpHeader{basic("alice", "x")}, challenges: []string{"Basic"}},
		"a password, without LDAP":     {headers: []httpHeader{basic("alice", "x")}, challenges: []string{"Negotiate"}},
		"a coordinator's wrong keytab": {headers: []httpHeader{header(good)}, fault: "wrong-keytab"},
		"a coordinator's wrong clock":  {headers: []httpHeader{header(good)}, fault: "skewed-clock=10m"},
		"auth-reject":                  {headers: []httpHeader{header(good)}, fault: "auth-reject"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if c.fault != "" {
				faults = []string{c.fault}
			}
			cl := start(t, r.config(Config{Coordinators: 1, Auth: c.with, Users: testUsers}), faults...)
			answer := exchangeUntilClosed(t, cl, post(openSessionRequest, c.headers...))
			var challenges []string
			for line := range strings.SplitSeq(answer, "\r\n") {
				if challenge, ok := strings.CutPrefix(line, "WWW-Authenticate: "); ok {
					challenges = append(challenges, challenge)
				}
			}
			if !strings.HasPrefix(answer, "HTTP/1.1 401 ") || strings.Join(challenges, ",") != strings.Join(c.challenges, ",") {
				t.Errorf("%q; want the challenges %v", answer, c.challenges)
			}
		})
	}
}

// TestNegotiate_AnyMechanismButKerberos is a client whose first mechanism needs a second
// step, which Impala does not make.
func TestNegotiate_AnyMechanismButKerberos(t *testing.T) {
	t.Parallel()
	cl := start(t, newRealm(t, "impala").config(Config{Coordinators: 1}))
	ntlm := append([]byte("NTLMSSP\x00\x01\x00\x00\x00"), make([]byte, 20)...)
	if answer := negotiate(t, cl, "Negotiate ", ntlm); !strings.HasPrefix(answer, "HTTP/1.1 401 ") || strings.Contains(answer, "WWW-Authenticate") {
		t.Errorf("%q", answer)
	}
}

// TestNegotiate_CookieSparesTickets is a client that sends its ticket once.
func TestNegotiate_CookieSparesTickets(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	cl := start(t, r.config(Config{Coordinators: 1}))
	_, token := initiate(t, r.ticket(t, "impala"))
	jar := insecureJar{newJar(t)}
	first := dialHTTP(t, cl.HTTPNodes()[0], "/", jar, "Authorization: Negotiate "+base64.StdEncoding.EncodeToString(token))
	if err := first.open(); err != nil {
		t.Fatal(err)
	}
	then := dialHTTP(t, cl.HTTPNodes()[0], "/", jar)
	then.session = first.session
	columns, err := then.query("select user()")
	if err != nil || columns[0].StringVal.Values[0] != testAlice {
		t.Errorf("%v, %v", columns, err)
	}
	if err := then.close(); err != nil {
		t.Error(err)
	}
	if s := cl.Stats(); s.Logins != 1 || s.CookieLogins != s.HTTPRequests-1 {
		t.Errorf("stats %+v", s)
	}
}

func TestStart_RejectsInvalidKeytab(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	for name, c := range map[string]struct {
		config Config
		field  string
	}{
		"no keytab":       {Config{Auth: AuthKerberos}, "Keytab"},
		"no keytab's":     {Config{Auth: AuthKerberos, Keytab: []byte("keys")}, "Keytab"},
		"an empty keytab": {Config{Auth: AuthKerberos, Keytab: keytab.Table{}.Marshal()}, "Keytab"},
		"no such name":    {Config{Auth: AuthKerberos, Keytab: r.keys.Marshal(), Principal: "impala/x@EXAMPLE.COM"}, "Principal"},
		"JWT over binary": {Config{Auth: AuthJWT}, "Auth"},
	} {
		var invalid *ConfigError
		if cl, err := Start(c.config); !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v, %v", name, cl, err)
		}
	}
	cl := start(t, Config{Coordinators: 1, Auth: AuthKerberos, Keytab: r.keys.Marshal()})
	if got := cl.coordinators[0].principal; got != testPrincipal {
		t.Errorf("principal %s, want the keytab's first", got)
	}
}
