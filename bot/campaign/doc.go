// Package campaign is trainings and fairs: what they are (Event), who comes (Enrolment),
// and what is said about them, asked for in a chat or unasked.
//
// It refuses to know channels, stores and pages: it computes Turns. Its invariant: an
// enrolment's state only changes along the table of moves, and a seat is held exactly by
// those whom the store granted it, so that counts, lists and doors agree.
package campaign
