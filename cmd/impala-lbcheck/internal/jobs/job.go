package jobs

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Job is what the shards of one run are started with.
type Job struct {
	Name      string // of the Job and of what it mounts; see [CheckName]
	Namespace string // "": the one that kubectl is set to
	Image     string
	Shards    int
	Args      []string // of the command, from its name on, with the files of Files where they are mounted
	Files     []File
	Needs     Needs

	PasswordElsewhere bool // the engine gives the password in a variable
}

// File is one that the command reads.
type File struct {
	Local  string // on the machine that prints the manifest
	Key    string // in what is mounted
	Secret bool   // nobody else may read it
}

// Where files are in a container.
const (
	SecretsAt = "/run/secrets/impala-lbcheck"
	FilesAt   = "/etc/impala-lbcheck"
)

// Mounted is where the file is in a container.
func (f File) Mounted() string {
	if f.Secret {
		return SecretsAt + "/" + f.Key
	}
	return FilesAt + "/" + f.Key
}

// Needs are what the largest shard takes.
type Needs struct {
	Open  int           // sessions open at once
	Rate  float64       // new sessions a second; 0: as many as it can
	TLS   bool          // each session has a handshake
	Lasts time.Duration // as far as that is known
}

// What sessions take, measured (bench/results.md): a session that is open, with the
// kernel's part of its connection, which counts for the container as well; the time of
// one core that a new session takes, and twice that for what comes in between.
const (
	ownMemory    = 64 // MiB
	openPlain    = 24 // KiB
	openTLS      = 40 // KiB
	openKernel   = 19 // KiB of each
	newPlain     = 0.2
	newTLS       = 1.0 // ms
	headroom     = 2
	leastCPU     = 100  // thousandths of a core
	unpacedCPU   = 1000 // of a generator that goes as fast as it can
	startsWithin = 15 * time.Minute
)

// memory is what is requested, in MiB.
func (n Needs) memory() int {
	each := openPlain
	if n.TLS {
		each = openTLS
	}
	return ownMemory + (n.Open*each+1023)/1024
}

// limit is at how many MiB the container is killed.
func (n Needs) limit() int { return headroom * n.memory() }

// goLimit is the limit that the Go runtime keeps to, as GOMEMLIMIT has it: 90 % of what the
// container's leaves beside the kernel's part of connections.
func (n Needs) goLimit() string {
	kernel := (n.Open*openKernel + 1023) / 1024
	return strconv.Itoa((n.limit()-kernel)*9/10) + "MiB"
}

// cpu is in thousandths of a core.
func (n Needs) cpu() int {
	if n.Rate == 0 {
		return unpacedCPU
	}
	each := newPlain
	if n.TLS {
		each = newTLS
	}
	return max(leastCPU, int(n.Rate*each*headroom))
}

// deadline is when the engine ends a job that did not end by itself: twice what it takes,
// and what starting takes.
func (n Needs) deadline() time.Duration {
	return (headroom*n.Lasts + startsWithin).Round(time.Minute)
}

// nameOf is a name of DNS, which is what engines take for everything, short enough for
// what is appended to it.
var nameOf = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$`)

// CheckName fails on a name of a job that engines do not take.
func CheckName(name string) error {
	if !nameOf.MatchString(name) {
		return fmt.Errorf("%.60q must have lower-case letters, digits and hyphens alone, begin with a letter, not end with a hyphen, and have 40 characters at most", name)
	}
	return nil
}

// namespaceOf is a label of DNS (RFC 1123), to which nothing is appended.
var namespaceOf = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// CheckNamespace fails on a name that no namespace of Kubernetes can have.
func CheckNamespace(name string) error {
	if !namespaceOf.MatchString(name) {
		return fmt.Errorf("%.80q must have lower-case letters, digits and hyphens alone, not begin or end with a hyphen, and have 63 characters at most", name)
	}
	return nil
}

// secrets are the files that nobody else may read; files are the others.
func (j Job) secrets() []File { return j.filesThat(true) }

func (j Job) files() []File { return j.filesThat(false) }

func (j Job) filesThat(secret bool) (out []File) {
	for _, f := range j.Files {
		if f.Secret == secret {
			out = append(out, f)
		}
	}
	return out
}
