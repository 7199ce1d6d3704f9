package impalaweb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// page is a page and the function that reads it into a View. Values that cannot be
// read stay unknown and are named in the error.
type page struct {
	path string
	read func(v *View, s Server, status int, body []byte) error
}

// pages are the pages to read, in order.
var pages = []page{
	{"/healthz", readHealth},
	{"/?json", jsonPage(readProcess)},
	{"/jsonmetrics?json", jsonPage(readMetrics)},
	{"/varz?json", jsonPage(readFlags)},
	{"/backends?json", jsonPage(readBackends)},
}

// statusError is the error of a page with an unexpected status.
func statusError(status int) error {
	err := fmt.Errorf("status %d %s", status, http.StatusText(status))
	if status == http.StatusUnauthorized {
		return fmt.Errorf("%w: %w", err, ErrLoginRequired)
	}
	return err
}

// readHealth reads /healthz, whose status is 200 or 503. Impala before 3.3 does not have
// it, and then says nothing of its health.
func readHealth(v *View, _ Server, status int, _ []byte) error {
	if status == http.StatusNotFound {
		return nil
	}
	healthy := status == http.StatusOK
	if !healthy && status != http.StatusServiceUnavailable {
		return statusError(status)
	}
	v.Healthy = &healthy
	return nil
}

// jsonPage adapts a function that reads a JSON object.
func jsonPage[T any](read func(*View, Server, T) error) func(*View, Server, int, []byte) error {
	return func(v *View, s Server, status int, body []byte) error {
		if status != http.StatusOK {
			return statusError(status)
		}
		var t T
		if err := json.Unmarshal(body, &t); err != nil {
			return jsonError(err, body)
		}
		return read(v, s, t)
	}
}

// jsonError says what is wrong with a page, since the errors of encoding/json name
// Go types and may quote the page without limit.
func jsonError(err error, page []byte) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return fmt.Errorf("unexpected type of %.80q: %.40q", wrongType.Field, wrongType.Value)
	}
	return fmt.Errorf("not the expected JSON: the page starts with %.40q", page)
}

// processPage is the content of the page /.
type processPage struct {
	Version     string `json:"version"`
	IsQuiescing *bool  `json:"is_quiescing"`
}

// maxVersion limits the version in bytes.
const maxVersion = 256

func readProcess(v *View, _ Server, p processPage) error {
	line, _, _ := strings.Cut(p.Version, "\n")
	if len(line) > maxVersion || !utf8.ValidString(line) {
		line = strings.ToValidUTF8(line[:min(len(line), maxVersion)], "")
	}
	v.Version, v.Quiescing = line, p.IsQuiescing
	if p.IsQuiescing == nil {
		return errors.New("is_quiescing is missing")
	}
	return nil
}

// readMetrics reads three of some thousand metrics.
func readMetrics(v *View, s Server, all map[string]json.RawMessage) error {
	frontend := "impala.thrift-server." + string(s) + "."
	return errors.Join(
		readMetric(all, frontend+"connections-in-use", &v.InUse),
		readMetric(all, frontend+"total-connections", &v.Total),
		readMetric(all, "impala-server.num-open-hiveserver2-sessions", &v.Sessions),
	)
}

// maxCount is the largest valid count of connections or sessions.
const maxCount = 1 << 40

func readMetric(all map[string]json.RawMessage, name string, to **int) error {
	var n int64
	raw, ok := all[name]
	if !ok {
		return errors.New(name + " is missing")
	}
	if err := json.Unmarshal(raw, &n); err != nil || string(raw) == "null" || n < 0 || n > maxCount {
		return fmt.Errorf("%s is not a valid count: %.40q", name, raw)
	}
	count := int(n)
	*to = &count
	return nil
}

// flagsPage is the content of the page /varz. All values are strings.
type flagsPage struct {
	Flags []struct {
		Name    string `json:"name"`
		Current string `json:"current"`
	} `json:"flags"`
}

func readFlags(v *View, _ Server, f flagsPage) error {
	readOptional(v, f)
	return errors.Join(
		readFlag(f, "fe_service_threads", func(n int) { v.Threads = &n }),
		readFlag(f, "client_keepalive_probe_period_s", func(n int) { v.Keepalive = seconds(n) }),
		readFlag(f, "idle_session_timeout", func(n int) { v.IdleSession = seconds(n) }),
	)
}

// readOptional reads flags that not every version has, and that may have any value.
func readOptional(v *View, f flagsPage) {
	for _, one := range f.Flags {
		n, err := strconv.ParseInt(one.Current, 10, 32)
		number := err == nil && n >= 0
		switch {
		case one.Name == "is_coordinator" && (one.Current == "true" || one.Current == "false"):
			is := one.Current == "true"
			v.Coordinator = &is
		case one.Name == "shutdown_grace_period_s" && number:
			v.Grace = seconds(int(n))
		case one.Name == "beeswax_port" && number:
			port := int(n)
			v.BeeswaxPort = &port
		case one.Name == "ssl_minimum_version" && len(one.Current) <= maxTLSName && utf8.ValidString(one.Current):
			v.MinTLS = one.Current
		}
	}
}

// maxTLSName limits the name of a version of TLS in bytes.
const maxTLSName = 16

func seconds(n int) *time.Duration {
	d := time.Duration(n) * time.Second
	return &d
}

// readFlag reads a flag of type int32. Negative values mean off, as 0 does.
func readFlag(f flagsPage, name string, set func(int)) error {
	for _, one := range f.Flags {
		if one.Name != name {
			continue
		}
		n, err := strconv.ParseInt(one.Current, 10, 32)
		if err != nil {
			return fmt.Errorf("%s is not a number: %.40q", name, one.Current)
		}
		set(max(int(n), 0))
		return nil
	}
	return errors.New(name + " is missing")
}

// backendsPage is the content of the page /backends.
type backendsPage struct {
	Backends []backend `json:"backends"`
}

// backend is an entry of the page /backends. Impala 2 lists addresses alone, which do
// not tell what a backend is.
type backend struct {
	addressOnly                            bool
	isExecutor, isQuiescing, isBlacklisted bool
}

func (b *backend) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		b.addressOnly = true
		return nil
	}
	var fields struct {
		IsExecutor    bool `json:"is_executor"`
		IsQuiescing   bool `json:"is_quiescing"`
		IsBlacklisted bool `json:"is_blacklisted"`
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	b.isExecutor, b.isQuiescing, b.isBlacklisted = fields.IsExecutor, fields.IsQuiescing, fields.IsBlacklisted
	return nil
}

func readBackends(v *View, _ Server, b backendsPage) error {
	if b.Backends == nil {
		return errors.New("backends is missing")
	}
	executors := 0
	for _, one := range b.Backends {
		if one.addressOnly {
			return nil
		}
		if one.isExecutor && !one.isQuiescing && !one.isBlacklisted {
			executors++
		}
	}
	v.Executors = &executors
	return nil
}
