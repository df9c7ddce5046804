// Package bot is the domain and the engine of Maalem: who an artisan is, what a
// conversation remembers, how one incoming message becomes one Turn, and how
// what is to be said leaves through a Channel.
//
// It refuses to know networks, disks and clocks: channels, stores and time come
// in through small interfaces that it declares here, and adapters implement.
// Its invariant: an acknowledged message has had its effect once and only once,
// and its reply is sent at least once, whatever dies at whatever instant.
package bot
