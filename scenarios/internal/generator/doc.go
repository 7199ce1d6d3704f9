// Package generator says whether the generator of a load kept up, and what it
// lacked where it did not: its own lateness says nothing about the service.
package generator
