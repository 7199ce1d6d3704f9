package usertext

// maxNearest is the longest word that is compared, in bytes: the time grows with
// the product of the lengths.
const maxNearest = 64

// Nearest returns the candidate with the smallest edit distance to word, and
// whether that is small enough for the word's length to suggest it. The first of
// equally near candidates is returned.
func Nearest(word string, candidates []string) (string, bool) {
	if len(word) > maxNearest {
		return "", false
	}
	limit, nearest := max(1, len(word)/3), ""
	for _, c := range candidates {
		if len(c) > maxNearest {
			continue
		}
		if d := editDistance(word, c); d < limit || d == limit && nearest == "" {
			limit, nearest = d, c
		}
	}
	return nearest, nearest != ""
}

// editDistance is the number of bytes to insert, delete, replace or swap with
// their neighbour that make b of a.
func editDistance(a, b string) int {
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
			replace := 1
			if a[i-1] == b[j-1] {
				replace = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
