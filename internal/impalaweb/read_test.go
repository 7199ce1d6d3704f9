package impalaweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// impalaPages are the shortened pages of an Impala with two active executors.
var impalaPages = map[string]string{
	"/healthz": "OK",
	"/?json": `{"version":"impalad version 4.4.1-RELEASE RELEASE (build 0123)\nBuilt on Mon","effective_locale":"C",
		"process_start_time":"2026-01-02 03:04:05.678","impala_server_mode":true,"is_coordinator":true,"is_executor":false,"is_quiescing":false}`,
	"/jsonmetrics?json": `{"impala.thrift-server.hiveserver2-frontend.connections-in-use":58,
		"impala.thrift-server.hiveserver2-frontend.total-connections":1017,
		"impala.thrift-server.hiveserver2-frontend.svc-thread-wait-time":{"count":3,"25th %-ile":0},
		"impala.thrift-server.beeswax-frontend.connections-in-use":2,"impala.thrift-server.beeswax-frontend.total-connections":3,
		"impala-server.num-open-hiveserver2-sessions":61,"impala-server.version":"impalad version 4.4.1"}`,
	"/varz?json": `{"title":"Command-line Flags","flags":[
		{"name":"fe_service_threads","type":"int32","description":"(Advanced) number of threads","default":"64","current":"128","experimental":false},
		{"name":"client_keepalive_probe_period_s","type":"int32","default":"0","current":"600"},
		{"name":"idle_session_timeout","type":"int32","default":"0","current":"-1"},{"name":"hostname","type":"string","default":"","current":"a"}]}`,
	"/backends?json": `{"backends":[
		{"address":"coord-a1:27000","is_coordinator":true,"is_executor":false,"is_quiescing":false,"is_blacklisted":false,"is_active":true},
		{"address":"exec-1:27000","is_executor":true,"is_quiescing":false,"is_blacklisted":false,"is_active":true},
		{"address":"exec-2:27000","is_executor":true,"is_quiescing":false,"is_blacklisted":false,"is_active":true},
		{"address":"exec-3:27000","is_executor":true,"is_quiescing":false,"is_blacklisted":true,"is_active":false},
		{"address":"exec-4:27000","is_executor":true,"is_quiescing":true,"is_blacklisted":false,"is_active":false}],
		"num_active_backends":3,"num_quiescing_backends":1,"num_blacklisted_backends":1}`,
}

// impalaView is the view of impalaPages.
func impalaView() View {
	return View{
		Healthy: new(true), Quiescing: new(false), Version: "impalad version 4.4.1-RELEASE RELEASE (build 0123)",
		Threads: new(128), InUse: new(58), Total: new(1017), Sessions: new(61), Executors: new(2),
		Keepalive: new(10 * time.Minute), IdleSession: new(time.Duration(0)),
	}
}

// servePages serves pages; override has handlers for some of them.
func servePages(t *testing.T, pages map[string]string, override map[string]http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handle := override[r.RequestURI]; handle != nil {
			handle(w, r)
			return
		}
		body, ok := pages[r.RequestURI]
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	at := servePages(t, impalaPages, nil)
	got, err := Read(t.Context(), at, ServerHiveServer2, Access{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(impalaView(), got); diff != "" {
		t.Error(diff)
	}
	got, err = Read(t.Context(), at, ServerBeeswax, Access{})
	if err != nil || *got.InUse != 2 || *got.Total != 3 {
		t.Errorf("Beeswax: %v in use of %v, %v", *got.InUse, *got.Total, err)
	}
}

// Flags that not every version has, with values that cannot be theirs among them.
func TestRead_OptionalFlags(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string]View{
		`{"name":"is_coordinator","current":"true"},{"name":"shutdown_grace_period_s","current":"90"},{"name":"beeswax_port","current":"0"},{"name":"ssl_minimum_version","current":"tlsv1.2"}`: {
			Coordinator: new(true), Grace: new(90 * time.Second), BeeswaxPort: new(0), MinTLS: "tlsv1.2",
		},
		`{"name":"is_coordinator","current":"false"},{"name":"beeswax_port","current":"21000"}`:                                                                                                                {Coordinator: new(false), BeeswaxPort: new(21000)},
		`{"name":"is_coordinator","current":"yes"},{"name":"shutdown_grace_period_s","current":"-1"},{"name":"beeswax_port","current":"x"},{"name":"ssl_minimum_version","current":"a name that is too long"}`: {},
	} {
		at := servePages(t, withPage("/varz?json", `{"flags":[`+flags+`]}`), nil)
		got, _ := Read(t.Context(), at, ServerHiveServer2, Access{}) // which misses the others
		got = View{Coordinator: got.Coordinator, Grace: got.Grace, BeeswaxPort: got.BeeswaxPort, MinTLS: got.MinTLS}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", flags, diff)
		}
	}
}

// withPage returns impalaPages with one page replaced.
func withPage(path, body string) map[string]string {
	pages := maps.Clone(impalaPages)
	pages[path] = body
	return pages
}

func TestRead_InvalidPage(t *testing.T) {
	t.Parallel()
	unknownMetrics := func(v *View) { v.InUse, v.Total, v.Sessions = nil, nil, nil }
	unknownProcess := func(v *View) { v.Version, v.Quiescing = "", nil }
	huge := strings.Repeat(" ", maxPage+1)
	for name, c := range map[string]struct {
		path, body string
		unset      func(*View)
		err        string
	}{
		"page too long":               {path: "/jsonmetrics?json", body: huge, unset: unknownMetrics, err: "/jsonmetrics?json: more than 2 MiB"},
		"longest page":                {path: "/backends?json", body: impalaPages["/backends?json"] + huge[:maxPage-len(impalaPages["/backends?json"])], unset: func(*View) {}},
		"HTML":                        {path: "/?json", body: "<html>", unset: unknownProcess, err: `/?json: not the expected JSON: the page starts with "<html>"`},
		"list instead of an object":   {path: "/jsonmetrics?json", body: "[]", unset: unknownMetrics, err: "not the expected JSON"},
		"string instead of a boolean": {path: "/?json", body: `{"is_quiescing":"no"}`, unset: unknownProcess, err: `unexpected type of "is_quiescing": "string"`},
		"is_quiescing missing":        {path: "/?json", body: `{"version":"x"}`, unset: func(v *View) { v.Version, v.Quiescing = "x", nil }, err: "is_quiescing is missing"},
		"null":                        {path: "/varz?json", body: "null", unset: func(v *View) { v.Threads, v.Keepalive, v.IdleSession = nil, nil, nil }, err: "fe_service_threads is missing; client_keepalive_probe_period_s is missing"},
		"flag is not a number":        {path: "/varz?json", body: strings.Replace(impalaPages["/varz?json"], "128", "many", 1), unset: func(v *View) { v.Threads = nil }, err: `fe_service_threads is not a number: "many"`},
		"metric is a string":          {path: "/jsonmetrics?json", body: strings.Replace(impalaPages["/jsonmetrics?json"], "58", `"58"`, 1), unset: func(v *View) { v.InUse = nil }, err: "connections-in-use is not a valid count"},
		"negative metric":             {path: "/jsonmetrics?json", body: strings.Replace(impalaPages["/jsonmetrics?json"], "58", "-1", 1), unset: func(v *View) { v.InUse = nil }, err: "connections-in-use is not a valid count"},
		"metric too large":            {path: "/jsonmetrics?json", body: strings.Replace(impalaPages["/jsonmetrics?json"], "58", "1e300", 1), unset: func(v *View) { v.InUse = nil }, err: "connections-in-use is not a valid count"},
		"metric is null":              {path: "/jsonmetrics?json", body: strings.Replace(impalaPages["/jsonmetrics?json"], "58", "null", 1), unset: func(v *View) { v.InUse = nil }, err: "connections-in-use is not a valid count"},
		"backends is not a list":      {path: "/backends?json", body: `{"backends":{}}`, unset: func(v *View) { v.Executors = nil }, err: `unexpected type of "backends": "object"`},
		"backends as addresses":       {path: "/backends?json", body: `{"backends":["a:22000","b:22000"]}`, unset: func(v *View) { v.Executors = nil }},
		"backend is a number":         {path: "/backends?json", body: `{"backends":[1]}`, unset: func(v *View) { v.Executors = nil }, err: `unexpected type of "backends"`},
		"backends missing":            {path: "/backends?json", body: `{}`, unset: func(v *View) { v.Executors = nil }, err: "backends is missing"},
		"version too long":            {path: "/?json", body: `{"version":"` + strings.Repeat("v", 1000) + `","is_quiescing":true}`, unset: func(v *View) { v.Version, v.Quiescing = strings.Repeat("v", maxVersion), new(true) }},
		"deeply nested JSON":          {path: "/varz?json", body: strings.Repeat("[", 1<<20), unset: func(v *View) { v.Threads, v.Keepalive, v.IdleSession = nil, nil, nil }, err: "not the expected JSON"},
		"truncated page":              {path: "/varz?json", body: impalaPages["/varz?json"][:200], unset: func(v *View) { v.Threads, v.Keepalive, v.IdleSession = nil, nil, nil }, err: "not the expected JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := impalaView()
			c.unset(&want)
			got, err := Read(t.Context(), servePages(t, withPage(c.path, c.body), nil), ServerHiveServer2, Access{})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if fmt.Sprint(err) == "<nil>" != (c.err == "") || !strings.Contains(fmt.Sprint(err), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if err != nil && len(err.Error()) > 2*maxText {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestRead_ErrorStatus(t *testing.T) {
	t.Parallel()
	at := servePages(t, impalaPages, map[string]http.HandlerFunc{
		"/healthz":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"/varz?json": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
	})
	want := impalaView()
	*want.Healthy = false
	want.Threads, want.Keepalive, want.IdleSession = nil, nil, nil
	got, err := Read(t.Context(), at, ServerHiveServer2, Access{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var page *PageError
	if !errors.As(err, &page) || page.Path != "/varz?json" || err.Error() != "/varz?json: status 401 Unauthorized: the pages need a login" || !errors.Is(err, ErrLoginRequired) {
		t.Errorf("error %v", err)
	}
}

// TestRead_NoHealthPage is an Impala that does not have /healthz: it says nothing.
func TestRead_NoHealthPage(t *testing.T) {
	t.Parallel()
	at := servePages(t, impalaPages, map[string]http.HandlerFunc{"/healthz": http.NotFound})
	want := impalaView()
	want.Healthy = nil
	got, err := Read(t.Context(), at, ServerHiveServer2, Access{})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestRead_DoesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	elsewhere := servePages(t, nil, map[string]http.HandlerFunc{"/healthz": func(http.ResponseWriter, *http.Request) { t.Error("the other host was contacted") }})
	at := servePages(t, impalaPages, map[string]http.HandlerFunc{
		"/healthz": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+elsewhere+"/healthz", http.StatusFound)
		},
	})
	got, err := Read(t.Context(), at, ServerHiveServer2, Access{})
	if got.Healthy != nil || err == nil || err.Error() != "/healthz: status 302 Found" {
		t.Errorf("%v, %v", got.Healthy, err)
	}
}

func TestNewClient_DialsOnlyTheGivenHost(t *testing.T) {
	t.Parallel()
	r := reader{http: newClient("127.0.0.1:1", Access{}), base: "http://127.0.0.1:2"}
	if _, _, err := r.get(t.Context(), "/"); !errors.Is(err, errOtherHost) {
		t.Errorf("another port: %v", err)
	}
	for _, address := range []string{"", "coord-a1", "a:1/healthz?", "a@b:1", "http://a:1", "a:1 b", ":25000", "a:port"} {
		if v, err := Read(t.Context(), address, ServerHiveServer2, Access{}); err == nil || !strings.Contains(err.Error(), "must be host:port") || v != (View{}) {
			t.Errorf("%q: %+v, %v", address, v, err)
		}
	}
}

func TestNewClient_IgnoresProxyVariables(t *testing.T) {
	t.Parallel()
	if newClient("127.0.0.1:1", Access{}).Transport.(*http.Transport).Proxy != nil {
		t.Error("the transport has a proxy")
	}
}

func TestRead_ConnectionRefused(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := ln.Addr().String()
	ln.Close()
	_, err = Read(t.Context(), closed, ServerHiveServer2, Access{})
	if err == nil || !strings.HasPrefix(err.Error(), "/healthz: dial tcp ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
}

func TestRead_ContextCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	at := servePages(t, impalaPages, map[string]http.HandlerFunc{
		"/jsonmetrics?json": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			cancel()
			<-r.Context().Done() // until the client disconnects
		},
	})
	got, err := Read(ctx, at, ServerHiveServer2, Access{})
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "/varz") {
		t.Errorf("error %v", err)
	}
	if got.Healthy == nil || got.Version == "" || got.InUse != nil {
		t.Errorf("view %+v", got)
	}
}

func TestRead_Timeout(t *testing.T) {
	t.Parallel()
	at := servePages(t, impalaPages, map[string]http.HandlerFunc{
		"/varz?json": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	})
	got, err := readWithin(t.Context(), 200*time.Millisecond, at, ServerHiveServer2, Access{})
	if !errors.Is(err, context.DeadlineExceeded) || got.InUse == nil || got.Threads != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRead_NotHTTP(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.Read(make([]byte, 1024))
		io.WriteString(conn, strings.Repeat("x", 20000)+"\r\n\r\n")
	}()
	v, err := Read(t.Context(), ln.Addr().String(), ServerHiveServer2, Access{})
	if err == nil || len(err.Error()) > 2*maxText || v != (View{}) {
		t.Errorf("%+v, %v", v, err)
	}
}
