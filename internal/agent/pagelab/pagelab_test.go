package pagelab_test

import (
	"testing"

	"magicbutton/internal/weblab"
)

// TestPage uses the page as a rep does. The tests share one browser, for one takes a second to start.
func TestPage(t *testing.T) {
	t.Parallel()
	browser := weblab.Start(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *weblab.Browser)
	}{
		{"note", testNote},
		{"undo", testUndo},
		{"amend", testAmend},
		{"typing is not disturbed", testTyping},
		{"digits", testDigits},
		{"finger", testFinger},
		{"taken back once", testTakenBackOnce},
		{"words go", testWordsGo},
		{"own tap", testOwnTap},
		{"two tags", testTwoTags},
		{"already counted", testTwice},
		{"card number", testScrubbed},
		{"two tabs", testTabs},
		{"restart", testRestart},
		{"stopped", testStopped},
		{"lost answer", testLostAnswer},
		{"waiting tap", testWaitingTap},
		{"words of a refused tap", testRefusedWords},
		{"sent twice", testSentTwice},
		{"full disk", testFullDisk},
		{"hidden", testHidden},
		{"another program", testOther},
		{"webkey", testWebkey},
		{"not let in", testDenied},
		{"script as text", testScript},
		{"keyboard", testKeyboard},
		{"said", testSaid},
		{"looks", testLooks},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, browser)
		})
	}
}
