// Package flows is the conversations: questions in an order, as data.
//
// A front end (YAML here; spreadsheets and export procedures beside) gives a
// Source; Compile checks it and makes an immutable Flow; Start and Resume walk a
// Run through it. They are pure: no clock, no I/O, nothing random; all of that
// comes in through Env, so that a turn can be computed again after a conflict and
// a stored run resumes on any machine.
//
// The package refuses to know artisans, channels and stores. Its invariant: a Run
// together with the Source it began on decides what is asked next, whatever has
// been published since.
package flows
