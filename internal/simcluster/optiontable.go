package simcluster

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// optionLevel is how SET presents a query option (TQueryOptionLevel in
// common/thrift/beeswax.thrift).
type optionLevel int

const (
	optionLevelRegular optionLevel = iota
	optionLevelAdvanced
	optionLevelDevelopment
	optionLevelDeprecated
	optionLevelRemoved
)

var optionLevelNames = [...]string{"REGULAR", "ADVANCED", "DEVELOPMENT", "DEPRECATED", "REMOVED"}

func (l optionLevel) String() string { return optionLevelNames[l] }

// queryOption is an option with its default, in the form in which Impala prints it.
type queryOption struct {
	name, value string
	level       optionLevel
	kind        string      // "bool", "int", "double", "memory", "enum", "set", "string" or "removed"
	about       string      // enum, set: what an error calls it
	members     []enumValue // enum, set
	bounds      valueRange  // int, double, memory
}

// enumValue is a name that an option may have, and its number in Impala's IDL.
type enumValue struct {
	name   string
	number int
}

// valueRange bounds a number on either side, or on neither.
type valueRange struct {
	low, high       float64
	hasLow, hasHigh bool
}

// optionTable is the query options of one version, ordered by name.
type optionTable struct {
	list   []queryOption
	byName map[string]int
}

//go:embed queryoptions.tsv
var optionLines string

// Columns of queryoptions.tsv.
const (
	optionColumnName = iota
	optionColumnLevel45
	optionColumnDefault45
	optionColumnLevelNext
	optionColumnDefaultNext
	optionColumnKind
	optionColumnValues
)

var (
	options45   = sync.OnceValue(func() *optionTable { return parseOptionTable(optionColumnLevel45, optionColumnDefault45) })
	optionsNext = sync.OnceValue(func() *optionTable { return parseOptionTable(optionColumnLevelNext, optionColumnDefaultNext) })
)

// optionsOf returns the query options of a version of Impala.
func optionsOf(version string) *optionTable {
	if isAfter45(version) {
		return optionsNext()
	}
	return options45()
}

// isAfter45 reports whether a version number is that of a release after 4.5, or of
// the development towards one.
func isAfter45(version string) bool {
	number, _, _ := strings.Cut(version, "-")
	parts := strings.Split(number+".0", ".")
	major, err := strconv.Atoi(parts[0])
	minor, minorErr := strconv.Atoi(parts[1])
	return err == nil && (major > 4 || major == 4 && minorErr == nil && minor > 5)
}

// parseOptionTable reads the options that have a level in the given column.
func parseOptionTable(level, value int) *optionTable {
	t := &optionTable{byName: make(map[string]int)}
	for line := range strings.Lines(optionLines) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || fields[level] == "-" {
			continue
		}
		o := queryOption{
			name: fields[optionColumnName], value: fields[value], kind: fields[optionColumnKind],
			level: optionLevel(slices.Index(optionLevelNames[:], strings.ToUpper(fields[level]))),
		}
		switch o.kind {
		case "enum", "set":
			o.about, o.members = parseMembers(fields[optionColumnValues])
		default:
			o.bounds = parseRange(fields[optionColumnValues])
		}
		t.byName[o.name] = len(t.list)
		t.list = append(t.list, o)
	}
	return t
}

// parseMembers parses "what it is: NAME,NAME=5,...".
func parseMembers(text string) (about string, members []enumValue) {
	about, list, _ := strings.Cut(text, ": ")
	for i, field := range strings.Split(list, ",") {
		name, number, numbered := strings.Cut(field, "=")
		if numbered {
			i, _ = strconv.Atoi(number)
		}
		members = append(members, enumValue{name, i})
	}
	return about, members
}

// parseRange parses "1..64", "0.." or "".
func parseRange(text string) (r valueRange) {
	low, high, found := strings.Cut(text, "..")
	if !found {
		return r
	}
	var err error
	r.low, err = strconv.ParseFloat(low, 64)
	r.hasLow = err == nil
	r.high, err = strconv.ParseFloat(high, 64)
	r.hasHigh = err == nil
	return r
}

// find returns the option of a name, ignoring case.
func (t *optionTable) find(name string) (*queryOption, bool) {
	i, ok := t.byName[strings.ToUpper(name)]
	if !ok {
		return nil, false
	}
	return &t.list[i], true
}

// defaults maps option names to their defaults.
func (t *optionTable) defaults() map[string]string {
	defaults := make(map[string]string, len(t.list)+1)
	for _, o := range t.list {
		defaults[o.name] = o.value
	}
	return defaults
}
