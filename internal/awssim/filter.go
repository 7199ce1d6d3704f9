package awssim

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// filter is an EC2 filter: any of the values, with the wildcards * and ?.
type filter struct {
	Name  string
	Value []string
}

// property looks up a property by a filter's name; known is false for a name that
// is not simulated for this kind of resource.
type property func(name string) (values []string, known bool)

// matches reports whether all filters match. EC2 refuses an unknown name; so is one
// refused that is not simulated.
func matches(filters []filter, tags map[string]string, of property) (bool, error) {
	for _, f := range filters {
		values, known := tagValues(f.Name, tags)
		if !known {
			values, known = of(f.Name)
		}
		if !known {
			return false, refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Name)
		}
		if !slices.ContainsFunc(values, func(v string) bool { return anyMatches(f.Value, v) }) {
			return false, nil
		}
	}
	return true, nil
}

func tagValues(name string, tags map[string]string) (values []string, known bool) {
	if name == "tag-key" {
		for key := range tags {
			values = append(values, key)
		}
		return values, true
	}
	key, isTag := strings.CutPrefix(name, "tag:")
	if value, ok := tags[key]; isTag && ok {
		values = []string{value}
	}
	return values, isTag
}

func anyMatches(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(p, value) })
}

// wildcard matches * and ? as EC2's filters and IAM's policies do: unlike
// path.Match, * also matches slashes.
func wildcard(pattern, value string) bool {
	hide := strings.NewReplacer("/", "\x00", "[", "\x01", "]", "\x02", `\`, "\x03")
	ok, err := path.Match(hide.Replace(pattern), hide.Replace(value))
	return err == nil && ok
}

// page is one page of a list.
type page[T any] struct {
	Items []T
	Next  string // token of the next page; "": the last
}

// paging holds EC2's parameters for a page.
type paging struct {
	MaxResults int32
	NextToken  string
}

// paginate returns one page: at most limit items (0: all), and at most the
// configured page size.
func paginate[T any](a *AWS, items []T, maxItems int32, token string) (page[T], error) {
	start := 0
	if token != "" {
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 || n > len(items) {
			return page[T]{}, refuse("InvalidNextToken", "The token '%s' is invalid", token)
		}
		start = n
	}
	size := int(maxItems)
	if limit := a.config.PageSize; limit > 0 && (size == 0 || size > limit) {
		size = limit
	}
	rest := items[start:]
	if size == 0 || len(rest) <= size {
		return page[T]{Items: rest}, nil
	}
	return page[T]{Items: rest[:size], Next: strconv.Itoa(start + size)}, nil
}

// selected is the result of EC2's Describe calls: those with the ids, or all, that
// the filters match. A missing id is an error.
func selected[T any](all []*T, ids []string, id func(*T) string, missing func(string) error, match func(*T) (bool, error)) ([]*T, error) {
	for _, want := range ids {
		if !slices.ContainsFunc(all, func(t *T) bool { return id(t) == want }) {
			return nil, missing(want)
		}
	}
	var out []*T
	for _, t := range all {
		if len(ids) > 0 && !slices.Contains(ids, id(t)) {
			continue
		}
		ok, err := match(t)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, t)
		}
	}
	return out, nil
}
