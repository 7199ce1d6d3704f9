// Package phrase is how findings write numbers, times, lists and fixes.
package phrase
