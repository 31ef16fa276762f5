// Package demo makes a year that never was: the events of a phone company with
// two shops and a contact centre, as a database that everything can be tried on.
//
// One seed and one last week make the same events each time. What happened in
// that year is in the tables of plan.go: trends, an incident and what ended it, a
// tag that is new, one that came back, one that went quiet. The rest varies as
// such counts do: by the hour, the weekday and the holidays, and from week to week
// by more than chance alone would have it.
package demo
