package scenarios

import "time"

// Default returns the defaults of [Settings], which are those of the built-in
// scenario smoke, without a name: what a scenario file leaves out is as here.
func Default() Scenario {
	var s Scenario
	for _, g := range settings {
		if g.Default == "" {
			continue
		}
		if err := g.Set(&s, g.Default); err != nil {
			panic(err) // a default in the table that the table itself refuses
		}
	}
	s.Derive(func(string) bool { return false })
	return s
}

// derived are the settings whose default follows another setting.
var derived = []struct {
	key   string
	unset func(*Scenario) bool // a value that counts as none; nil: none does
	from  func(*Scenario)
}{
	{"load.burst", nil, func(s *Scenario) { s.Load.Burst = s.Load.Concurrency }},
	{"watch.event_after", func(s *Scenario) bool { return s.Watch.EventAfter == 0 },
		func(s *Scenario) { s.Watch.EventAfter = min(Duration(10*time.Second), s.Watch.For/4) }},
}

// Derive computes the defaults that follow other settings: load.burst and
// watch.event_after. set reports whether a file or an override has set a key,
// whose value then stays. [Parse] derives for its file; a program that overrides
// settings after that derives again, once all of them are in place.
func (s *Scenario) Derive(set func(key string) bool) {
	for _, d := range derived {
		if !set(d.key) || d.unset != nil && d.unset(s) {
			d.from(s)
		}
	}
}

// SourceSets reports whether a scenario file sets a key; false where it cannot be
// read.
func SourceSets(src []byte, key string) bool {
	doc, err := scenarioFile.Read("", src)
	return err == nil && doc.Has(key)
}
