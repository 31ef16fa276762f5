// Package stats tells a change from chance in weekly counts. It knows numbers
// only: what a series is about, and every word that a lead reads, belongs to
// package report.
package stats
