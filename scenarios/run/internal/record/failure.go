package record

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Failure records why a session ended. A session that the run cut off itself, by
// the end of ctx, ended unknown, as did one that this machine could not carry;
// phase and class are guessed where the error does not say.
func Failure(ctx context.Context, o *scenarios.Observation, err error, phase scenarios.Phase) {
	o.Text = Clip(err.Error())
	o.Waited = time.Since(o.Began)
	for _, d := range o.Phases {
		o.Waited -= d
	}
	if ctx.Err() != nil && !o.Refused {
		o.Outcome = scenarios.OutcomeUnknown
		return
	}
	o.Outcome, o.Failed = scenarios.OutcomeFailed, PhaseOf(err, phase)
	var hint interface{ Hint() []vocab.Fix }
	switch class := ClassOf(err); {
	case !class.IsZero():
		o.Class = class
	case errors.Is(err, context.DeadlineExceeded):
		o.Class = vocab.Class{Phase: o.Failed, Kind: vocab.KindTimeout}
	default:
		o.Class = vocab.Class{Phase: o.Failed, Kind: vocab.KindFailed}
	}
	if errors.As(err, &hint) {
		o.Hint = hint.Hint()
	}
	if o.Class.IsLocal() {
		o.Outcome = scenarios.OutcomeUnknown
	}
}

// PhaseOf is where err says that it happened, or the guess where it does not say.
func PhaseOf(err error, guess scenarios.Phase) scenarios.Phase {
	if class := ClassOf(err); !class.IsZero() && class.Phase.InSession() {
		return class.Phase
	}
	return guess
}

// ClassOf is what err says of itself; zero where it does not.
func ClassOf(err error) vocab.Class {
	var of interface{ Class() vocab.Class }
	if errors.As(err, &of) {
		return of.Class()
	}
	return vocab.Class{}
}

// maxText bounds the words kept of a failure, in bytes.
const maxText = 512

// Clip shortens text to 512 bytes, at the end of a character.
func Clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

// CutOf reads from the class of its error how a connection was cut. An answer
// that was asked for and never came is what a cut in silence looks like.
func CutOf(class scenarios.Class, asked bool) scenarios.Cut {
	switch {
	case class.IsEOF():
		return scenarios.CutFIN
	case class.IsReset():
		return scenarios.CutRST
	case class.IsTimeout() && asked:
		return scenarios.CutSilent
	}
	return scenarios.CutOther
}

// Closed records how closing a session ended.
func Closed(o *scenarios.Observation, err error) {
	if err == nil {
		o.Closed = scenarios.OutcomeOK
		return
	}
	o.Closed, o.CloseText = scenarios.OutcomeFailed, Clip(err.Error())
	switch class := ClassOf(err); {
	case !class.IsZero():
		o.CloseClass = class
	case errors.Is(err, context.DeadlineExceeded):
		o.CloseClass = vocab.Class{Phase: vocab.PhaseClose, Kind: vocab.KindTimeout}
	default:
		o.CloseClass = vocab.Class{Phase: vocab.PhaseClose, Kind: vocab.KindFailed}
	}
}
