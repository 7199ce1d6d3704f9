package exporter

import (
	"bytes"
	"context"
	"maps"
	"reflect"
	"slices"
	"time"
)

// recheck is how often the files are looked at.
const recheck = 15 * time.Second

// watch reads the files again until ctx ends, and applies what has changed. Where the
// new ones are wrong, the old configuration stays.
func (e *Exporter) watch(ctx context.Context) {
	ticker := time.NewTicker(recheck)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.reload(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// reload applies the configuration if it has changed.
func (e *Exporter) reload(ctx context.Context) {
	if !e.changed(ctx) {
		return
	}
	c, files, err := e.load(ctx)
	if ctx.Err() != nil {
		return
	}
	e.files = files
	e.own.reloaded(err == nil)
	if err != nil {
		e.opt.Log.Error("the configuration has changed and is not used: it has an error", "error", err)
		return
	}
	e.apply(c)
	e.opt.Log.Info("the configuration has changed", "targets", len(c.Targets))
}

// readFile is a file that was read, or why it could not be.
type readFile struct {
	name    string
	content []byte
	err     string
}

func (e *Exporter) read(ctx context.Context, name string) (readFile, error) {
	b, err := e.opt.Read(ctx, name)
	if err != nil {
		return readFile{name, nil, err.Error()}, err
	}
	return readFile{name, b, ""}, nil
}

// changed reports whether a file that the configuration was made of is another one now.
func (e *Exporter) changed(ctx context.Context) bool {
	return slices.ContainsFunc(e.files, func(before readFile) bool {
		now, _ := e.read(ctx, before.name)
		return now.err != before.err || !bytes.Equal(now.content, before.content)
	})
}

// load reads the configuration, and says of which files it is made.
func (e *Exporter) load(ctx context.Context) (c Config, files []readFile, err error) {
	read := func(name string) ([]byte, error) {
		f, err := e.read(ctx, name)
		files = append(files, f)
		return f.content, err
	}
	src, err := read(e.opt.File)
	if err == nil {
		c, err = Parse(e.opt.File, src, read)
	}
	for _, t := range c.Targets {
		if err == nil && e.opt.Permit != nil {
			err = e.opt.Permit(t)
		}
	}
	return c, files, err
}

// apply replaces the configuration. Targets that are the same keep their results; the
// runs of others end.
func (e *Exporter) apply(c Config) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.concurrent = c.Concurrent
	before := e.targets
	e.targets = map[string]*targetState{}
	for name, t := range c.Targets {
		if old := before[name]; old != nil && reflect.DeepEqual(old.Target, t) {
			e.targets[name] = old
			continue
		}
		e.targets[name] = &targetState{Target: t}
		if end := e.running[name]; end != nil {
			end()
		}
	}
	for name := range before {
		if e.targets[name] != nil {
			continue
		}
		e.own.forget(name)
		if end := e.running[name]; end != nil {
			end()
		}
	}
	for name := range e.targets {
		e.own.prepare(name)
	}
	e.waiting = slices.DeleteFunc(e.waiting, func(t *targetState) bool { return e.targets[t.Name] != t })
	e.startWaiting()
}

// names are the names of the targets, sorted.
func (e *Exporter) names() []string { return slices.Sorted(maps.Keys(e.targets)) }
