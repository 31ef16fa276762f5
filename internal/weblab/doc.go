// Package weblab shows pages in a real browser, for tests: headless Chromium, and what checks a page in it
// (axe-core for accessibility) or beside it (html-validate). Whatever needs a click or a key takes the page's
// context and drives it with chromedp.
//
// The software is put on a machine by tools/setup-weblab.sh. Without it a test is skipped, and fails where
// CI=true: there, a page that nobody looked at would go unnoticed.
package weblab
