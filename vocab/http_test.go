package vocab

import "testing"

func TestHTTPFields(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ name, value, visible bool }{
		"":             {false, true, true},
		"X-Trace":      {true, true, true},
		"!#$%&'*+-.^_": {true, true, true},
		"`|~azAZ09":    {true, true, true},
		"X Trace":      {false, true, false},
		"X:":           {false, true, true},
		`"X"`:          {false, true, true},
		"X\tY":         {false, true, false},
		"Zürich":       {false, true, false},
		"a\r\nHost: b": {false, false, false},
		"a\x00":        {false, false, false},
		"a\x7f":        {false, false, false},
	} {
		if IsHTTPFieldName(text) != want.name || IsHTTPFieldValue(text) != want.value || IsVisibleASCII(text) != want.visible {
			t.Errorf("%q: name %v, value %v, visible %v", text, IsHTTPFieldName(text), IsHTTPFieldValue(text), IsVisibleASCII(text))
		}
	}
	if !IsOwnHTTPField("content-LENGTH") || IsOwnHTTPField("X-Trace") {
		t.Error("the client's own fields are told apart by their names, whatever their case")
	}
}
