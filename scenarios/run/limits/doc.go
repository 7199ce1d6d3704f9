// Package limits says, before anything is sent, what a scenario takes of the
// service and of this machine: [CheckGuards] what must not be asked of a production
// service unless its owner has confirmed it, [CheckRoom] the same by coordinators'
// own pages, and [CheckPreflight] what this machine cannot carry.
package limits
