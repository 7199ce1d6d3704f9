package scenarios

import "github.com/impala-lbcheck/impala-lbcheck/internal/usertext"

func clip(text string) string { return usertext.Quote(text) }

func nearest(word string, candidates []string) (string, bool) {
	return usertext.Nearest(word, candidates)
}
