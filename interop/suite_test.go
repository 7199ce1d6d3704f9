//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestCountTests(t *testing.T) {
	t.Parallel()
	passed, skipped, err := countTests(strings.NewReader(`{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"skip","Package":"a","Test":"TestTwo"}
{"Action":"skip","Package":"b"}
{"Action":"pass","Package":"a"}`))
	if err != nil || passed != 1 || len(skipped) != 1 || skipped[0] != "a TestTwo" {
		t.Errorf("passed %d, skipped %v, %v", passed, skipped, err)
	}
}
