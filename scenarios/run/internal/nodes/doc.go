// Package nodes turns endpoints into the addresses to dial and keeps the set of
// them while a run goes on: some join, some leave, some are refused.
package nodes
