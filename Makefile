# For those who have make; each line can be run as it stands without it.
.PHONY: run test build check bench fuzz race

run:
	./run

test:
	./test

build:
	tools/build.sh

check:
	tools/check.sh

# BENCH chooses: make bench BENCH=Append
BENCH = .
bench:
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

# FUZZTIME is each target's dose: make fuzz FUZZTIME=1m
fuzz:
	tools/fuzz.sh

race:
	tools/race.sh
