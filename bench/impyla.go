//go:build linux

package main

import (
	_ "embed"
	"encoding/json"
)

// impylaScript opens sessions with impyla, in threads, or holds them.
//
//go:embed impyla.py
var impylaScript string

// impylaTask is the argument of the script, in JSON.
type impylaTask struct {
	way
	Addrs       []string          `json:"addresses"`
	User        string            `json:"user"`
	Password    string            `json:"password_file"`
	Query       string            `json:"query"`
	Service     string            `json:"service"`      // of Kerberos
	ServiceHost string            `json:"service_host"` // of Kerberos
	CA          string            `json:"ca"`           // "": plain TCP
	Environment map[string]string `json:"environment"`  // of MIT's library
	Timeout     float64           `json:"timeout_s"`
	Threads     int               `json:"threads"`
	Window      float64           `json:"window_s"`
	Hold        int               `json:"hold"` // number of sessions to hold; 0: open and close sessions
}

// impylaCommand returns the command line of a task over a way.
func (l *lab) impylaCommand(path string, w way, task impylaTask) ([]string, error) {
	task.way, task.Addrs = w, l.addrs(path, w)
	task.User, task.Password, task.Query, task.Timeout = userName, l.passwordFile(), query, timeout.Seconds()
	task.Service, task.ServiceHost = serviceName, serverName
	if w.TLS {
		task.CA = l.ca(w.cluster())
	}
	if w.Login == loginKerberos {
		r := l.realm()
		task.Environment = map[string]string{"KRB5_CONFIG": r.conf, "KRB5_CLIENT_KTNAME": "FILE:" + r.keytab, "KRB5CCNAME": "FILE:" + r.ccache}
	}
	b, err := json.Marshal(task)
	return []string{l.python[clientImpyla] + "/python", "-c", impylaScript, string(b)}, err
}
