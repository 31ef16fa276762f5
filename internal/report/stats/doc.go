// Package stats tells a change from chance in weekly counts. It knows numbers only: what a series is
// about, and every word that a lead reads, belongs to package report.
//
// # What is asked
//
// Twelve tags at eight presses a week, with nothing changing, set off an alarm at "+50 % on last week"
// in 96 of 100 weeks. So nothing here is a percentage on last week. Judge compares a week, and the last two
// together, with the eight complete weeks before them pooled (at least two), as rates: counts over
// exposures. A verdict needs two things: a change of 15 %, because a real change of 2 % is no news, and a q
// of at most 0.10 among everything that was tested with it (Benjamini and Hochberg 1995). If nothing changed at all, then at
// most one week in ten has any verdict.
//
// # The test
//
// Given their sum, one of two Poisson counts is binomial, so their rates are compared exactly
// (CompareRates). P is central, twice the smaller tail, for then it always agrees with Clopper and Pearson's interval; the p that R's
// poisson.test prints, which adds up what is less likely, may contradict the interval printed beside it (Fay 2010).
//
// Presses vary more than Poisson counts do: by who is on shift, and by incidents. At a thousand a week
// and an ordinary 10 % from week to week, the exact test alone gives a false verdict in 95 of 100 weeks. The
// variance is therefore estimated from the weeks of the baseline (quasi-Poisson, Pearson's sum of squares), and is never below Poisson's. A
// count with variance d times its mean tells as much as a Poisson count of its d-th part, so the exact test is done with the counts over d; because d
// was estimated from few weeks, its tail is then read in Student's distribution. Where the baseline shows no more than
// Poisson variation, d is 1 and the test is the exact one.
//
// # Whose variance
//
// Eight weeks are seven degrees of freedom, two weeks are one. Read in Student's distribution with
// seven, a tag of 15 a week that doubles is found within two weeks in 40 of 100 cases; and to take the exact test
// whenever a tag's few weeks happen to look calm breaks the stated rate (15 % instead of 10 % with two weeks of one tag at 200 a week). So:
//
//   - Tags borrow from each other. The family has one coefficient of variation beside chance, c, so that a
//     count of mean m varies by m + c²m²; it is estimated from all tags, each tag's sum of squares cut at its 90 % quantile so that
//     one tag's incident does not hide everything else.
//   - How much is borrowed depends on the volume. Tags differ in c² by about 0.01. At 15 a week that
//     is nothing beside chance: the family's value stands for the tag. At 1,000 it is everything: the tag's own weeks count. Between them
//     both are weighed, as a prior of that spread would be, and the degrees of freedom with them.
//   - A tag whose own weeks vary far more than the family's (beyond the 99 % quantile) borrows nothing.
//   - Tags that move together, as all do in a busy week, are fewer witnesses: the degrees of freedom are
//     divided by 1 + (n-1)r², r being the mean correlation of their residuals.
//   - A family with fewer than seven degrees of freedom is filled up to seven with an assumed c of 10 %.
//   - A surplus of the family's variance of less than 15 % over chance counts as chance, where there are
//     degrees of freedom enough.
//
// # Episodes
//
// A week that was judged More or Less does not show what is usual. It is left out of the baselines of the series' later weeks, else the third
// week of an incident would be compared with its first two and found as usual, and a week of before with a level that never was. Weeks
// are therefore judged one after the other, the oldest first, and no verdict looks ahead.
//
//   - Consecutive weeks of one way are an episode. A week belongs to the running one where it is nearer to its rate than to the baseline's;
//     whether it goes on is one question, asked beforehand, so p counts and not q. While one runs, two weeks are not tested together: the first of them was told.
//   - At most four weeks are left out of a baseline. An episode of a fifth week has become the level: no baseline goes further back than to its first week.
//   - Two weeks that together show what neither does are both of the episode.
//
// # Shares
//
// Fewer presses are not fewer problems. JudgeShares and Since compare each tag with all others of its
// family together: their counts are its exposures, as in a conditional binomial test of two odds, with
// the variance enlarged by what the others vary themselves. What everybody does moves no share. An action
// has Worked when contacts are known and both the rate and the share are less.
//
// # Actions
//
// The weeks before an action are judged first, as they were in their time, and an episode is no part of what was usual. Where one of More
// was going on when the action began, the weeks since are compared with its weeks as well: who ended an incident did not make
// anything less than usual. That takes two weeks of it at least: after a single odd week the next is nearer to usual whatever is done.
//
// # What simulations say
//
// Twelve tags, eight weeks before the two under test, log-normal variation, 2,000 runs each. Weeks with any false verdict,
// in % (10 are allowed), of rates and of shares:
//
//	a week    CV 0 %      CV 5 %      CV 10 %
//	     8    3.9  4.2    4.8  5.2    5.9  4.9
//	    50    4.7  4.2    6.0  6.0    7.6  8.2
//	   200    4.0  4.2    4.0  3.7    4.9  4.5
//	 1,000    0.0  0.1    3.2  3.9    5.6  5.4
//	 3,000    0.0  0.0    2.0  2.6    7.1  6.9
//
// The same week after week for half a year, so that false verdicts shape later baselines: at most 7.2. Where tags vary by 20 % it
// is up to 10.7, and 8.4 without episodes: who leaves out what seems unusual takes the rest for calmer than it is.
//
// With 1, 3 and 12 tags, 2, 3, 5 and 8 weeks before, 50 and 1,000 a week, and 10 % of variation of each
// tag for itself or of all together: at most 9.6. With tags from 3 to 3,000 a week and contacts between 70 and 130 % of the mean:
// at most 6.5, and 18 where some tags vary by 30 %: that rate is not kept there.
//
// Twice as many for three weeks, CV 5 %: told in the third week in 74 of 100 cases at 15 a week, and in all from 100 a week on; in 38 and 3
// without episodes. The week after it has a verdict in 2 of 100 cases.
//
// One tag of 15 a week among twelve doubles. Found within two weeks, of 100: 87 with nothing but chance,
// 86 with a CV of 5 %, 83 with 10 % (the exact test, which is wrong too often there, would find about 90); 73 with
// four weeks before, 40 with two.
//
// Everybody presses half as often, four weeks on end: an action is credited in at most 1.8 %, by share alone or by
// share and rate; by rate alone it would be in 91 to 100 %. A tag of 30 a week that did halve is credited in 99.6 %.
//
// Past weeks, whose verdicts alone matter, are judged without the p that cannot make one (unremarkable); the verdicts are the same.
//
// These are the package's tests; STATS_RUNS=2000 go test -v ./internal/report/stats repeats them.
//
// # What it does not see
//
// Weeks are taken to be independent. A slow trend or a season is not modelled: it raises the variance
// and, once it is steep, the verdicts.
package stats
