//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestCountTests(t *testing.T) {
	t.Parallel()
	c, err := countTests(strings.NewReader(`{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"skip","Package":"a","Test":"TestTwo"}
{"Action":"skip","Package":"b"}
{"Action":"pass","Package":"a"}`))
	if err != nil || c.passed != 1 || len(c.skipped) != 1 || c.skipped[0] != "a TestTwo" || len(c.failed) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestCountTests_NamesWhatFailed(t *testing.T) {
	t.Parallel()
	c, err := countTests(strings.NewReader(`{"Action":"output","Package":"a","Test":"TestOne/row","Output":"it was 3\n"}
{"Action":"output","Package":"a","Test":"TestTwo","Output":"fine\n"}
{"Action":"pass","Package":"a","Test":"TestTwo"}
{"Action":"fail","Package":"a","Test":"TestOne/row"}
{"Action":"fail","Package":"a","Test":"TestOne"}
{"Action":"fail","Package":"a"}
{"Action":"fail","Package":"b"}`))
	if want := []string{"a TestOne/row", "a TestOne", "b"}; err != nil || !slices.Equal(c.failed, want) || c.output != "it was 3\n" || c.passed != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}
