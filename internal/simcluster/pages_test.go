package simcluster

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// getPage requests a page of the first coordinator over a new connection.
func getPage(t *testing.T, cl *Cluster, path string) (*http.Response, []byte, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+cl.Pages()[0].String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

// readPage decodes a page into a map.
func readPage(t *testing.T, cl *Cluster, path string) map[string]any {
	t.Helper()
	response, body, err := getPage(t, cl, path)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %v", path, response, err)
	}
	var page map[string]any
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return page
}

func TestCluster_NamesArePageAddresses(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, First: 3, Web: true, Balance: BalanceRoundRobin})
	pages := cl.Pages()
	if pages[0].Addr() != netip.MustParseAddr("127.0.1.3") || pages[1].Addr() != netip.MustParseAddr("127.0.1.4") || pages[0].Port() != pages[1].Port() {
		t.Errorf("pages at %v", pages)
	}
	if want := []string{pages[0].String(), pages[1].String()}; !slices.Equal(cl.Names(), want) {
		t.Errorf("names %v, want %v", cl.Names(), want)
	}
	ping, http, host, _, pid := readIdentity(t, cl)
	if ping != "http://"+pages[0].String() || http != pages[0].String() || host != "127.0.1.3" || !slices.Equal(cl.PIDs()[http], []int32{pid}) {
		t.Errorf("the first coordinator reports %q, %q, %q, %d", ping, http, host, pid)
	}
}

func TestPages_Counts(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Web: true, Beeswax: true, Background: []int{5}})
	u := openTestSession(t, cl)
	if _, err := u.query("SELECT pid()"); err != nil {
		t.Fatal(err)
	}
	if _, err := newBeeswaxClient(t, cl).PingImpalaService(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := visit(cl.Nodes()[0]); err != nil {
		t.Fatal(err)
	}
	in := cl.coordinators[0].threads[protocolHS2].inUse
	eventually(t, func() bool { return in() == 6 })
	metrics := readPage(t, cl, "/jsonmetrics?json")
	for name, want := range map[string]float64{
		"impala.thrift-server.hiveserver2-frontend.connections-in-use": 6,
		"impala.thrift-server.hiveserver2-frontend.total-connections":  7,
		"impala.thrift-server.beeswax-frontend.connections-in-use":     1,
		"impala.thrift-server.beeswax-frontend.total-connections":      1,
		"impala-server.num-open-hiveserver2-sessions":                  6,
		"impala-server.num-open-beeswax-sessions":                      1,
		"impala-server.num-queries":                                    2,
	} {
		if metrics[name] != want {
			t.Errorf("%s: %v, want %v", name, metrics[name], want)
		}
	}
	sessions := readPage(t, cl, "/sessions?json")
	if n := len(sessions["sessions"].([]any)); n != 2 || sessions["num_sessions"] != 7.0 || sessions["num_connections"] != 7.0 {
		t.Errorf("sessions %v", sessions)
	}
	if s := cl.Stats().Coordinators[0]; s.Connections != 3 {
		t.Errorf("%d connections, want 3 without Background", s.Connections)
	}
}

func TestPages_ClusterAndFlags(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 3, Web: true}, "draining@1", "dead@2", "threads=9@1")
	root := readPage(t, cl, "/?json")
	if root["is_quiescing"] != true || !strings.Contains(root["shutdown_status"].(string), "deadline left") || root["is_executor"] != false {
		t.Errorf("/: %v", root)
	}
	backends := readPage(t, cl, "/backends?json")
	if len(backends["backends"].([]any)) != 5 || backends["num_active_backends"] != 4.0 || backends["num_quiescing_backends"] != 1.0 {
		t.Errorf("/backends: %v", backends)
	}
	current := map[string]string{}
	for _, f := range readPage(t, cl, "/varz?json")["flags"].([]any) {
		current[f.(map[string]any)["name"].(string)] = f.(map[string]any)["current"].(string)
	}
	if current["fe_service_threads"] != "9" || current["client_keepalive_probe_period_s"] != "600" || current["idle_session_timeout"] != "0" {
		t.Errorf("/varz: %v", current)
	}
	for path, want := range map[string]string{"/healthz": "OK", "/varz": "append ?json\n"} {
		if response, body, err := getPage(t, cl, path); err != nil || response.StatusCode != http.StatusOK || string(body) != want {
			t.Errorf("%s: %q, %v", path, body, err)
		}
	}
	if response, _, err := getPage(t, cl, "/nosuch?json"); err != nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("unknown page: %v, %v", response, err)
	}
}

func TestPages_ReadOnly(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Web: true})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+cl.Pages()[0].String()+"/varz?json", strings.NewReader("x=1"))
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", response.Status)
	}
}

func TestPages_StoppedProcess(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Web: true}, "down=1h:1h") // the test itself calls stop and start
	before := readPage(t, cl, "/?json")["process_start_time"]
	cl.coordinators[0].stop()
	if response, _, err := getPage(t, cl, "/healthz"); err == nil {
		t.Errorf("status %v of a stopped process", response.Status)
	}
	cl.coordinators[0].start()
	if after := readPage(t, cl, "/?json")["process_start_time"]; after == before {
		t.Errorf("start time %v before and after a restart", after)
	}
}

func TestStart_PagePortInUse(t *testing.T) {
	t.Parallel()
	// the port is in use on the second coordinator's address only
	ln, err := net.Listen("tcp", "127.0.1.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	port := ln.Addr().(*net.TCPAddr).AddrPort().Port()
	if cl, err := Start(Config{Coordinators: 2, Web: true, WebPort: port}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, error %v", cl, err)
	}
	first, err := listenOn(context.Background(), netip.AddrPortFrom(pageAddress(1), port))
	if err != nil {
		t.Errorf("the first address is still open: %v", err)
	} else {
		first.Close()
	}
}

func TestCluster_FirstMakesClustersDistinct(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]string{"no zones": nil, "zones": {"zones=1:0"}} {
		names, pids, handles := map[string]bool{}, map[int32]bool{}, map[handle]bool{}
		for first := 1; first <= 60; first++ {
			cl := start(t, Config{Coordinators: 1, First: first, Seed: 1}, faults...)
			c := cl.coordinators[0]
			names[cl.Names()[0]] = true
			pids[c.pids[0]], pids[c.nextPID] = true, true
			handles[c.openSession("", protocolHS2).id] = true
			cl.Close()
		}
		if len(names) != 60 || len(pids) != 120 || len(handles) != 60 {
			t.Errorf("%s: %d names, %d pids, %d handles of 60 clusters", name, len(names), len(pids), len(handles))
		}
	}
	if got := hostNames(1, 5, balancerPlan{}); !slices.Equal(got, []string{"coord-a1", "coord-a2", "coord-b1", "coord-b2", "coord-c1"}) {
		t.Errorf("names %v", got)
	}
}
