package cx

import "slices"

// Excess is sites that have more contacts together than all sites have: one of the numbers
// is wrong.
type Excess struct {
	Week Week
	// Channel is the only one that the numbers are of, "" for all.
	Channel Channel
	// Sites is what the sites have together, All what all sites have.
	Sites, All int
}

// SitesExceed finds where sites have more contacts than all sites have, by week and then
// channel. A total is held against everything that is known of the sites, a channel
// against that channel of the sites; what cannot be compared contradicts nothing.
func SitesExceed(all []Contacts) []Excess {
	sites := make(map[ContactsKey]int) // of all sites, of each channel and of all of them
	for _, c := range all {
		if c.Site == "" {
			continue
		}
		sites[ContactsKey{Week: c.Week}] += c.Count
		if c.Channel != "" {
			sites[ContactsKey{Week: c.Week, Channel: c.Channel}] += c.Count
		}
	}
	var out []Excess
	for _, c := range slices.SortedFunc(slices.Values(all), CompareContacts) {
		if n := sites[c.Key()]; c.Site == "" && n > c.Count {
			out = append(out, Excess{Week: c.Week, Channel: c.Channel, Sites: n, All: c.Count})
		}
	}
	return out
}

// BesideTotal returns the weeks, in their order, in which numbers of single sites stand
// beside one of all sites.
func BesideTotal(all []Contacts) []Week {
	sites := make(map[Week]bool)
	for _, c := range all {
		sites[c.Week] = sites[c.Week] || c.Site != ""
	}
	var out []Week
	for _, c := range all {
		if c.Site == "" && sites[c.Week] {
			out = append(out, c.Week)
		}
	}
	slices.SortFunc(out, Week.compare)
	return slices.Compact(out)
}

// Together returns what is known of the weeks of some contacts once those are set.
func Together(known, set []Contacts) []Contacts {
	weeks, keys := make(map[Week]bool), make(map[ContactsKey]bool)
	for _, c := range set {
		weeks[c.Week], keys[c.Key()] = true, true
	}
	out := slices.Clone(set)
	for _, k := range known {
		if weeks[k.Week] && !keys[k.Key()] {
			out = append(out, k)
		}
	}
	return out
}

// Short is a number of contacts that is less than the conversations of it that were tagged.
type Short struct {
	Contacts
	Tagged int
}

// FewerThanTagged returns the contacts that are fewer than the conversations in a tally by
// site and channel: a part of something cannot be more than it.
func FewerThanTagged(all []Contacts, tagged Tally) []Short {
	conversations := make(map[ContactsKey]int)
	for _, row := range tagged.Rows {
		channel := Channel(row.Values[1])
		for _, site := range slices.Compact([]string{"", row.Values[0]}) {
			conversations[ContactsKey{Week: row.Week, Site: site}] += row.Conversations
			if channel != "" {
				conversations[ContactsKey{Week: row.Week, Site: site, Channel: channel}] += row.Conversations
			}
		}
	}
	var out []Short
	for _, c := range all {
		if n := conversations[c.Key()]; c.Count < n {
			out = append(out, Short{c, n})
		}
	}
	return out
}
