// Package app puts the program together: configuration, commands, and one server out
// of store, engine, channels and pages. It decides nothing about conversations; what it
// knows is who talks to whom, and in which order things start and stop. Its tests try
// the whole program: in a browser, against a Telegram server, killed, and line by line
// as dialogues (testdata/conversations).
package app
