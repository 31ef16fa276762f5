package cx

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// A quarter of a year of one busy desk: an event every two minutes, all day.
func BenchmarkCounterAdd(b *testing.B) {
	berlin := mustZone(b, "Europe/Berlin")
	catalogue := mustCatalogue(b,
		Tag{Code: "refund-slow", Domain: DomainExperience, Kind: KindProblem},
		Tag{Code: "refund", MergedInto: "refund-slow"},
		Tag{Code: "praise", Domain: DomainService, Kind: KindPraise},
		Tag{Code: "how-to", Domain: DomainSuccess, Kind: KindQuestion},
	)
	start := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	events := make([]Event, 30*24*90)
	for i := range events {
		id := MakeID(start.Add(time.Duration(i)*2*time.Minute), Origin{1}, uint64(i+1))
		events[i] = Event{
			ID: id, Conversation: id, Tag: catalogue.Codes()[i%4],
			Stage: Stages()[i%7], Channel: Channels()[i%5], Desk: "desk 1", Site: "Berlin",
		}
	}
	for _, by := range []string{"", "tag", "tag,stage", "domain,kind", "channel,desk,site", "day,weekday", "hour"} {
		dimensions, err := ParseDimensions(by)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("by "+by, func(b *testing.B) {
			counter := NewCounter(catalogue, Query{Zone: berlin, By: dimensions})
			for _, e := range events { // every row is there
				counter.Add(e)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				counter.Add(events[i])
				if i++; i == len(events) {
					i = 0
				}
			}
		})
	}
}
