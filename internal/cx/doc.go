// Package cx is the domain: what a rep, a lead and this program talk about,
// as types and pure functions. It imports only the standard library and does
// no input or output.
//
// # Glossary
//
// One meaning each, in code, on the command line, in files and in documents.
//
//   - rep: the person who presses. Never identified by default.
//   - lead: the person who reads tallies and acts on them.
//   - desk: one installation, an agent and its database. Its name and site
//     come from the configuration and may change.
//   - origin: 40 random bits that one database signs its events with; made
//     with the database, made anew when it is restored or wakes up on another
//     machine.
//   - device: a USB HID thing on the desk.
//   - input report: the bytes that a device sends.
//   - key: one control on a device.
//   - press: what a rep did to a key, after debouncing: tap, hold or double.
//   - conversation: what is tagged. A second, different tag on the same device
//     within 20 s belongs to the same conversation.
//   - tag: the reason code of a conversation. Its code never changes; its label
//     may; it can be retired or merged into another.
//   - stage: where in the customer's journey the cause lies.
//   - channel: how the conversation was held.
//   - domain: service, experience or success, a property of the tag. Service is
//     the help given; experience is everything that led to needing it; success
//     is getting value from the product.
//   - driver: the experience driver that a tag speaks to.
//   - kind: praise, problem, question, idea or other, a property of the tag.
//   - preventable, minutes: properties of the tag: need this conversation have
//     happened, and how long does one take.
//   - event: one tag on one conversation.
//   - note: the customer's own words, optional, scrubbed before it is written.
//   - void, amend: later corrections of an event. History is kept.
//   - contacts: how many conversations were handled in a period, the
//     denominator. Not events: most conversations are never tagged.
//   - week: ISO 8601 week in the site's time zone, written 2026-W47. It has 167
//     or 169 hours where the clocks change.
//   - tally: counts for weeks by any of the dimensions (see [Dimension]).
//   - refused: a press that was seen and not counted, because it came too soon
//     after the same key. Counted by itself; not lost.
//   - suspect: an event whose desk's clock was doubted when it was stored. Kept
//     out of tallies until somebody looked at it.
//   - purge: drop old notes, or old events with their days' counts sealed.
//     Tallies stay as they are.
//   - erase: take chosen events out of the file for good. A tombstone keeps what
//     tallies need of each.
//   - gather: merge the databases of many desks into one; share: put a desk's
//     copy where that can find it. What tags do is to be merged into another.
package cx
