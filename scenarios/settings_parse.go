package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// These read the settings whose text is not that of one value.

// numerals are numbers that people write out: a coordinator of that name is less
// likely than a count.
var numerals = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty"}

func setCoordinators(s *Scenario, text string) error {
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > MaxCoordinators {
			return fmt.Errorf("must be from 1 to %d, or names: coord1,coord2", MaxCoordinators)
		}
		s.Expect.Coordinators = ExpectCoordinators{Count: n}
		return nil
	}
	names := strings.Split(text, ",")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); names[i] == "" {
			return errors.New("must be a number or a list of names, such as 5 or coord1,coord2")
		}
	}
	if i := slices.Index(numerals, strings.ToLower(names[0])); i >= 0 && len(names) == 1 {
		return fmt.Errorf("write a number in digits; a coordinator that is really called that needs its port, such as %s:25000", names[0])
	}
	s.Expect.Coordinators = ExpectCoordinators{Names: names}
	return nil
}

func setWeights(s *Scenario, text string) error {
	var weights []float64
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ':' || r == ',' }) {
		w, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return fmt.Errorf("%s is not a number; write weights such as 4:2:1:1", usertext.Quote(part))
		}
		weights = append(weights, w)
	}
	if len(weights) < 2 {
		return errors.New("must be a weight for each coordinator, such as 4:2:1:1")
	}
	s.Expect.Balance.Weights = weights
	return nil
}

func setSteps(s *Scenario, text string) error {
	var steps []Duration
	for part := range strings.SplitSeq(text, ",") {
		var d Duration
		if err := d.UnmarshalText([]byte(strings.TrimSpace(part))); err != nil {
			return err
		}
		steps = append(steps, d)
	}
	s.Idle.Steps = steps
	return nil
}

func addThreshold(s *Scenario, text string) error {
	metric, expr, found := cutMetric(text)
	metric, expr = strings.TrimSpace(metric), strings.TrimSpace(expr)
	if !found || metric == "" || expr == "" {
		return errors.New("must be a metric and a limit, such as 'session.open: p(99) < 2s'")
	}
	if s.Thresholds == nil {
		s.Thresholds = map[string][]string{}
	}
	s.Thresholds[metric] = append(s.Thresholds[metric], expr)
	return nil
}

// cutMetric parts a metric from its limit: at the first colon, or at the one
// behind its tag, whose value can hold colons of its own.
func cutMetric(text string) (metric, expr string, found bool) {
	tag := 0
	if i := strings.IndexByte(text, '{'); i >= 0 && i < strings.IndexByte(text, ':') {
		tag = max(0, strings.IndexByte(text, '}'))
	}
	metric, expr, found = strings.Cut(text[tag:], ":")
	return text[:tag] + metric, expr, found
}

func addQueryOption(s *Scenario, text string) error {
	key, value, found := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !found || key == "" {
		return errors.New("must be KEY=VALUE")
	}
	if s.QueryOptions == nil {
		s.QueryOptions = map[string]string{}
	}
	s.QueryOptions[key] = value
	return nil
}
