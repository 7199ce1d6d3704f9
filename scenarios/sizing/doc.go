// Package sizing is the arithmetic of capacity: how many sessions coordinators
// hold ([Ceilings]), and how many coordinators a number of sessions takes
// ([Coordinators]), both also with one coordinator lost.
//
// It is pure, and knows no run: scenarios/judge compares it with what was held.
package sizing
