// Package sizing is the arithmetic of capacity: how many sessions coordinators
// hold ([Ceilings]), and how many coordinators a number of sessions takes
// ([Coordinators]), both also with one coordinator lost.
//
// It is pure, and knows no run: scenarios/judge lays what was held beside it.
package sizing
