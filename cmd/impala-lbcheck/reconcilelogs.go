package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/internal/reconcile"
)

// logFile is a log, here or in a bucket.
type logFile struct {
	at   string // its path, or bucket and key: of no two logs the same
	name string // in messages
	open func(context.Context) (io.ReadCloser, error)
}

// read reads the log in the format of those before it.
func (l logFile) read(ctx context.Context, format *balancerlog.Format, join *reconcile.Join) (balancerlog.File, *balancerlog.Format, error) {
	in, err := l.open(ctx)
	if err != nil {
		return balancerlog.File{}, nil, err
	}
	defer in.Close()
	return balancerlog.Read(l.name, in, format, join)
}

// maxLogFiles is how many files a directory of logs may hold.
const maxLogFiles = 100_000

// bucketScheme begins the name of logs in a bucket.
const bucketScheme = "s3://"

// logFiles are the logs of some names: files, those in directories, and of a bucket those
// of the time of some sessions.
func logFiles(ctx context.Context, names []string, sessions []reconcile.Session, o reconcile.Options) ([]logFile, error) {
	var out []logFile
	for _, name := range names {
		if strings.HasPrefix(name, bucketScheme) {
			start, end := timeOf(sessions, o)
			some, err := bucketLogs(ctx, name, start, end)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
			continue
		}
		if name == stdoutPath {
			return nil, errNoStdin
		}
		some, err := localLogs(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, path := range some {
			out = append(out, logFile{filepath.Clean(path), path, func(ctx context.Context) (io.ReadCloser, error) { return localfile.Open(ctx, path) }})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no file there", strings.Join(names, ", "))
	}
	return eachOnce(out), nil
}

// eachOnce leaves out what several names hold: a file beside its directory, or two prefixes
// of which one begins with the other.
func eachOnce(logs []logFile) []logFile {
	seen := map[string]bool{}
	return slices.DeleteFunc(logs, func(l logFile) bool {
		had := seen[l.at]
		seen[l.at] = true
		return had
	})
}

// timeOf is when some sessions were, by the log's clock.
func timeOf(sessions []reconcile.Session, o reconcile.Options) (start, end time.Time) {
	first := slices.MinFunc(sessions, func(a, b reconcile.Session) int { return a.Start.Compare(b.Start) })
	last := slices.MaxFunc(sessions, func(a, b reconcile.Session) int { return a.End.Compare(b.End) })
	start, end = first.Start, last.End
	if o.Offset != nil {
		start, end = start.Add(*o.Offset), end.Add(*o.Offset)
	}
	return start, end
}

// localLogs are a file, or those in a directory. AWS puts a file there to try whether it
// may, which is no log.
func localLogs(ctx context.Context, name string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case entry.IsDir() || path != name && (!entry.Type().IsRegular() || entry.Name() == "ELBAccessLogTestFile"):
			return nil
		case len(out) == maxLogFiles:
			return fmt.Errorf("%s: more than %d files: name the directory of a day", name, maxLogFiles)
		}
		out = append(out, path)
		return nil
	})
	return out, err
}
