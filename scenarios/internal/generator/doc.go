// Package generator says whether the generator of a load kept up, and what it
// lacked where it did not: lateness of its own tells nothing of the service.
package generator
