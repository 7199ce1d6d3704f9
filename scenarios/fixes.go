package scenarios

import (
	"encoding/json"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Fixes are alternatives to try against a failure, the most likely first.
type Fixes []vocab.Fix

// UnmarshalJSON reads a list of fixes, or the one text that stood there in
// results of earlier versions.
func (f *Fixes) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return json.Unmarshal(b, (*[]vocab.Fix)(f))
	}
	*f = nil
	if text != "" {
		*f = Fixes{{Why: text}}
	}
	return nil
}
