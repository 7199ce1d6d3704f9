package floors

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestDesign_RoomsImportWhatTheFloorsSay: the table of rooms in docs/DESIGN.md has
// the imports of the table that the code is held against.
func TestDesign_RoomsImportWhatTheFloorsSay(t *testing.T) {
	t.Parallel()
	rows := roomsOf(document(t, "docs/DESIGN.md"))
	if len(rows) < 30 {
		t.Fatalf("%d rooms: that is not all", len(rows))
	}
	described := map[string]bool{}
	for _, row := range rows {
		want := map[string]bool{}
		for _, room := range row.rooms {
			described[room] = true
			for _, imported := range may[room] {
				if !slices.Contains(row.rooms, imported) {
					want[short(imported)] = true
				}
			}
		}
		if row.imports == "all below" {
			continue
		}
		got := strings.Split(strings.TrimPrefix(row.imports, "-"), ", ")
		got = slices.DeleteFunc(got, func(s string) bool { return s == "" })
		slices.Sort(got)
		if wanted := slices.Sorted(maps.Keys(want)); !slices.Equal(got, wanted) {
			t.Errorf("docs/DESIGN.md: %s imports %s, and the floors say %s", strings.Join(row.rooms, ", "), row.imports, strings.Join(wanted, ", "))
		}
	}
	for room := range may {
		if !described[room] {
			t.Errorf("docs/DESIGN.md has no room %s", room)
		}
	}
}

// room is a row of the table: packages that are described together.
type room struct {
	rooms   []string
	imports string
}

// roomsOf reads the table of rooms. A name without a directory is a neighbour of the
// first of its row, and a name of several packages stands for all below it.
func roomsOf(doc string) []room {
	_, table, _ := strings.Cut(doc, "| room | what it is for | imports of ours |")
	table, _, _ = strings.Cut(table, "\n\n")
	var out []room
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 {
			continue
		}
		var names []string
		for i, m := range codeSpan.FindAllStringSubmatch(cells[1], -1) {
			name := m[1]
			if _, known := may[name]; i > 0 && !known {
				name = names[0][:strings.LastIndex(names[0], "/")+1] + name
			}
			names = append(names, packagesOf(name)...)
		}
		if len(names) > 0 {
			out = append(out, room{names, strings.TrimSpace(cells[3])})
		}
	}
	return out
}

// packagesOf is the package of a name; of a directory without one, those in it.
func packagesOf(name string) []string {
	if _, known := may[name]; known {
		return []string{name}
	}
	var in []string
	for p := range may {
		if strings.HasPrefix(p, name+"/") {
			in = append(in, p)
		}
	}
	slices.Sort(in)
	return in
}

// short is how the table writes a package: its last element.
func short(pkg string) string {
	if strings.HasPrefix(pkg, "internal/thriftgen/") {
		return "thriftgen"
	}
	return pkg[strings.LastIndex(pkg, "/")+1:]
}
