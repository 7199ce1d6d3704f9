package impalaweb

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// page is one page and how it is read into a View. A page of which something
// could not be read says so and leaves that unknown.
type page struct {
	path string
	read func(v *View, s Server, status int, body []byte) error
}

// pages are those that are read, in order.
var pages = []page{
	{"/healthz", readHealth},
	{"/?json", inJSON(readProcess)},
	{"/jsonmetrics?json", inJSON(readMetrics)},
	{"/varz?json", inJSON(readFlags)},
	{"/backends?json", inJSON(readBackends)},
}

// errStatus is a page that was not given.
func errStatus(status int) error {
	return fmt.Errorf("status %d %s", status, http.StatusText(status))
}

// readHealth knows two answers: 200 and 503.
func readHealth(v *View, _ Server, status int, _ []byte) error {
	healthy := status == http.StatusOK
	if !healthy && status != http.StatusServiceUnavailable {
		return errStatus(status)
	}
	v.Healthy = &healthy
	return nil
}

// inJSON reads a page that must be an object.
func inJSON[T any](read func(*View, Server, T) error) func(*View, Server, int, []byte) error {
	return func(v *View, s Server, status int, body []byte) error {
		if status != http.StatusOK {
			return errStatus(status)
		}
		var t T
		if err := json.Unmarshal(body, &t); err != nil {
			return inShort(err)
		}
		return read(v, s, t)
	}
}

// inShort bounds the texts of encoding/json, which quote the page.
func inShort(err error) error { return fmt.Errorf("not the JSON expected: %.80q", err.Error()) }

// process is the page /.
type process struct {
	Version     string `json:"version"`
	IsQuiescing *bool  `json:"is_quiescing"`
}

// maxVersion bounds the version in bytes.
const maxVersion = 256

func readProcess(v *View, _ Server, p process) error {
	line, _, _ := strings.Cut(p.Version, "\n")
	if len(line) > maxVersion || !utf8.ValidString(line) {
		line = strings.ToValidUTF8(line[:min(len(line), maxVersion)], "")
	}
	v.Version, v.Quiescing = line, p.IsQuiescing
	if p.IsQuiescing == nil {
		return errors.New("no is_quiescing")
	}
	return nil
}

// readMetrics takes three numbers of some thousand metrics.
func readMetrics(v *View, s Server, all map[string]json.RawMessage) error {
	frontend := "impala.thrift-server." + string(s) + "."
	return errors.Join(
		metric(all, frontend+"connections-in-use", &v.InUse),
		metric(all, frontend+"total-connections", &v.Total),
		metric(all, "impala-server.num-open-hiveserver2-sessions", &v.Sessions),
	)
}

// maxCount bounds a count: more connections or sessions than that are no count.
const maxCount = 1 << 40

func metric(all map[string]json.RawMessage, name string, to **int) error {
	var n int64
	raw, ok := all[name]
	if !ok {
		return errors.New("no " + name)
	}
	if err := json.Unmarshal(raw, &n); err != nil || string(raw) == "null" || n < 0 || n > maxCount {
		return fmt.Errorf("%s is no count: %.40q", name, raw)
	}
	count := int(n)
	*to = &count
	return nil
}

// flags is the page /varz: every value is a text.
type flags struct {
	Flags []struct {
		Name    string `json:"name"`
		Current string `json:"current"`
	} `json:"flags"`
}

func readFlags(v *View, _ Server, f flags) error {
	return errors.Join(
		flag(f, "fe_service_threads", func(n int) { v.Threads = &n }),
		flag(f, "client_keepalive_probe_period_s", func(n int) { v.Keepalive = seconds(n) }),
		flag(f, "idle_session_timeout", func(n int) { v.IdleSession = seconds(n) }),
	)
}

func seconds(n int) *time.Duration {
	d := time.Duration(n) * time.Second
	return &d
}

// flag reads a flag of type int32. What is below 0 switches off, as 0 does.
func flag(f flags, name string, set func(int)) error {
	for _, one := range f.Flags {
		if one.Name != name {
			continue
		}
		n, err := strconv.ParseInt(one.Current, 10, 32)
		if err != nil {
			return fmt.Errorf("%s is no number: %.40q", name, one.Current)
		}
		set(max(int(n), 0))
		return nil
	}
	return errors.New("no " + name)
}

// backends is the page /backends.
type backends struct {
	Backends []struct {
		IsExecutor    bool `json:"is_executor"`
		IsQuiescing   bool `json:"is_quiescing"`
		IsBlacklisted bool `json:"is_blacklisted"`
	} `json:"backends"`
}

func readBackends(v *View, _ Server, b backends) error {
	if b.Backends == nil {
		return errors.New("no backends")
	}
	executors := 0
	for _, one := range b.Backends {
		if one.IsExecutor && !one.IsQuiescing && !one.IsBlacklisted {
			executors++
		}
	}
	v.Executors = &executors
	return nil
}
