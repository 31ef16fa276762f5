# For those who have make; each line can be run as it stands without it.
.PHONY: run test build check bench fuzz race lab replug power kills faults simulations page-load page-latency page-long

run:
	./run

test:
	./test

build:
	tools/build.sh

check:
	tools/check.sh

# The program beside its peers: make bench BENCH=tally EVENTS=1000000 (docs/benchmarks.md).
# Benchmarks of single packages: go test -run '^$$' -bench . ./store
BENCH = .
EVENTS = 10000000
bench:
	BENCH='$(BENCH)' EVENTS='$(EVENTS)' tools/bench.sh

# FUZZTIME is each target's dose: make fuzz FUZZTIME=1m
fuzz:
	tools/fuzz.sh

race:
	tools/race.sh

# The USB lab with the tests that go test ./... leaves out.
lab:
	tools/setup-lab.sh
	USBLAB_LONG=1 go test -count=1 -timeout 40m ./internal/usblab ./hid/hidtest

# REPLUGS is how often a keypad is unplugged and plugged in again; 1,000 take twenty minutes.
REPLUGS = 1000
replug:
	tools/setup-lab.sh
	USBLAB_REPLUGS=$(REPLUGS) go test -count=1 -v -timeout 120m -run TestReplug ./internal/usblab

# POWER is how often the power of a recorded disk is cut in each part of the story, and with each fault of the controls; five minutes.
POWER = 100
power:
	tools/setup-lab.sh
	USBLAB_POWER=$(POWER) go test -count=1 -v -timeout 60m -run TestPower ./internal/usblab

# KILLS is how often a writing agent is killed: 1,000 take two minutes.
KILLS = 1000
kills:
	MAGICBUTTON_KILLS=$(KILLS) go test -count=1 -v -timeout 30m -run TestKilledAgents ./internal/cli
	STORE_TEST_CRASHES=$(KILLS) go test -count=1 -v -timeout 60m -run 'TestKilled$$' ./store

# FAULTS is how often a bit is flipped, a page zeroed, a file cut off, and a wreck salvaged: 1,000 each take five minutes.
FAULTS = 1000
faults:
	STORE_FAULTS=$(FAULTS) go test -count=1 -v -timeout 60m -run 'TestFlipped|TestZeroed|TestBranches|TestSalvage' ./store

# RUNS is how often each question to the report's statistics is simulated; 2,000 take half a minute.
RUNS = 2000
simulations:
	STATS_RUNS=$(RUNS) go test -count=1 -v -run 'FalseAlarms|Doubling|PressingLess|ActionThat|EpisodeIsTold' ./internal/report/stats

# PRESSES at a hundred a second, with 50 pages open and two tabs of a browser: a minute.
PRESSES = 6000
page-load:
	PAGE_LOAD=$(PRESSES) go test -count=1 -v -timeout 20m -run 'TestLoad$$' ./internal/agent/pagelab

# From the flush of a press to its card in the page, beside a bare server-sent event; 1,000 of each take a minute. Wants an idle machine.
CARDS = 1000
page-latency:
	PAGE_LATENCY=$(CARDS) go test -count=1 -v -timeout 20m -run 'TestLatency$$' ./internal/agent/pagelab

# What the page's tests leave out for its time.
page-long:
	PAGE_LONG=1 go test -count=1 -timeout 20m -run 'TestSlow' ./internal/agent/pagelab
