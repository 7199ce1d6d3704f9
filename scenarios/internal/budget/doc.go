// Package budget is what a run may cost, known before it begins ([Plan]): the
// sessions of a look, of all looks, and of the kinds of run that are not made of
// looks (kinds.go); when the sessions of a load are due (arrivals.go).
package budget
