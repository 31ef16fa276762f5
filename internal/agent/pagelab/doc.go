// Package pagelab has the tests of the rep's page as a rep sees it: in a real browser, served by a real agent with a
// database in a file and with buttons on a fake bus.
package pagelab
