// Package nearest finds the word that was probably meant.
package nearest

// maxWord bounds what is compared, in bytes.
const maxWord = 64

// Word returns the candidate that takes the fewest slips of the finger to word, if
// they are few for its length; the first of equals. False where there is none.
func Word(word string, candidates []string) (string, bool) {
	if len(word) > maxWord {
		return "", false
	}
	best, at := max(1, len(word)/3), ""
	for _, c := range candidates {
		if d := distance(word, c); d < best || d == best && at == "" {
			best, at = d, c
		}
	}
	return at, at != ""
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour that make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			differ := 1
			if a[i-1] == b[j-1] {
				differ = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
