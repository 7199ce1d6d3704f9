package scenarios

import "time"

// Baseline is an earlier run, as far as this one is held against it.
type Baseline struct {
	Run     string           `json:"run"`
	Started time.Time        `json:"started"`
	Differs []string         `json:"differs,omitempty"` // settings in which the scenarios differ, and how
	Figures []BaselineFigure `json:"figures"`           // one for each limit

	// Incomplete is of an earlier run that did not complete: nothing passes beside it.
	Incomplete bool `json:"incomplete,omitempty"`
}

// BaselineFigure is one figure of the earlier run, and by how much that of this one may
// be worse.
type BaselineFigure struct {
	Limit string   `json:"limit"` // as written: "session.login: p(95) +20%"
	Count int      `json:"count"` // of the samples
	Value *float64 `json:"value,omitempty"`
	Low   *float64 `json:"low,omitempty"` // bounds of the interval; nil, as for Value: there is none
	High  *float64 `json:"high,omitempty"`
}

// maxLimits is the longest list of limits on what may be worse than before.
const maxLimits = 256
