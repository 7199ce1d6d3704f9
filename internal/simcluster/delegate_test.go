package simcluster

import (
	"context"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestDelegation(t *testing.T) {
	t.Parallel()
	const refused = "User 'hue' is not authorized to delegate to 'carol'."
	for name, c := range map[string]struct {
		proxies  map[string][]string
		user     string // "": hue
		path     string
		property string
		hasKey   bool
		err      string // "": accepted
		want     string // effective_user()
	}{
		"by the property":   {proxies: map[string][]string{"hue": {"carol"}}, property: "carol", want: "carol"},
		"to everybody":      {proxies: map[string][]string{"hue": {"*"}}, property: "carol", want: "carol"},
		"by the path":       {proxies: map[string][]string{"hue": {"carol"}}, path: "?a=b&doAs=c%61rol", want: "carol"},
		"to nobody":         {proxies: map[string][]string{"hue": {"carol"}}, want: "hue"},
		"both ways":         {proxies: map[string][]string{"hue": {"*"}}, path: "?doAs=carol", property: "carol", err: "Cannot set 'impala.doas.user' configuration property when 'doAs' query parameter is set."},
		"switched off":      {property: "carol", err: refused + " User/group delegation is disabled."},
		"not to this user":  {proxies: map[string][]string{"hue": {"alice"}}, property: "carol", err: refused + "\n"},
		"not by this user":  {proxies: map[string][]string{"bi": {"*"}}, path: "?doAs=carol", err: refused + "\n"},
		"an empty delegate": {proxies: map[string][]string{"hue": {"*"}}, hasKey: true, err: "Unable to delegate using empty doAs username."},
		"an empty path":     {proxies: map[string][]string{"hue": {"*"}}, path: "?doAs=", want: "hue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: AuthLDAP, Users: map[string]string{"hue": "x"}, ProxyUsers: c.proxies})
			u := dialHTTP(t, cl.HTTPNodes()[0], "/cliservice"+c.path, nil, basic("hue", "x"))
			request := &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V6, Configuration: map[string]string{}}
			if c.property != "" || c.hasKey {
				request.Configuration["Impala.doAs.user"] = c.property
			}
			r, err := u.OpenSession(context.Background(), request)
			if err != nil {
				t.Fatal(err)
			}
			if c.err != "" {
				if !strings.Contains(r.Status.GetErrorMessage(), c.err) || cl.Stats().SessionsOpened != 0 {
					t.Errorf("%q, want %q; stats %+v", r.Status.GetErrorMessage(), c.err, cl.Stats())
				}
				return
			}
			u.session = r.SessionHandle
			defer u.close()
			columns, err := u.query("select effective_user(), user()")
			if err != nil {
				t.Fatal(err)
			}
			if effective, user := columns[0].StringVal.Values[0], columns[1].StringVal.Values[0]; effective != c.want || user != "hue" {
				t.Errorf("effective_user() %q, user() %q; want %q and hue", effective, user, c.want)
			}
		})
	}
}

func TestDelegation_EmptyUser(t *testing.T) {
	t.Parallel()
	c, _ := newTestCoordinator()
	if err := c.authorizeProxyUser("", "carol"); err == nil || !strings.Contains(err.Error(), "empty proxy username") {
		t.Error(err)
	}
	c.config.ProxyUsers = map[string][]string{"hue": {"carol"}}
	if err := c.authorizeProxyUser("hue/lb.example.com@EXAMPLE.COM", "carol"); err != nil {
		t.Error("by a principal:", err)
	}
}

func TestHTTP_SessionOfAnotherUser(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: AuthLDAP, Users: map[string]string{"alice": "a", "bob": "b"}})
	alice := dialHTTP(t, cl.HTTPNodes()[0], "/", nil, basic("alice", "a"))
	if err := alice.open(); err != nil {
		t.Fatal(err)
	}
	defer alice.close()
	bob := dialHTTP(t, cl.HTTPNodes()[0], "/", nil, basic("bob", "b"))
	bob.session = alice.session
	_, err := bob.query("select 1")
	if want := "The user authorized on the connection 'bob' does not match the session username 'alice'"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestDelegation_StaysWithTheConnection is Impala's quirk: a request without the parameter
// keeps that of the one before it.
func TestDelegation_StaysWithTheConnection(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: AuthLDAP, Users: map[string]string{"hue": "x"}, ProxyUsers: map[string][]string{"hue": {"*"}}})
	request := post(openSessionRequest, basic("hue", "x"))
	exchange(t, cl, strings.Replace(request, "/cliservice", "/?doAs=carol", 1)+request)
	exchange(t, cl, request)
	c, delegates := cl.coordinators[0], map[string]int{}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		delegates[s.delegate()]++
	}
	if delegates["carol"] != 2 || delegates[""] != 1 {
		t.Errorf("delegates %v, want carol twice on one connection and none on another", delegates)
	}
}
