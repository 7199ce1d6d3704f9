// Package phrase is how findings and events write numbers, times, lists and fixes.
package phrase
