// Package bolt keeps everything of Maalem in one bbolt file.
//
// It refuses to know what a record means: bodies are opaque bytes, flows and
// conversations are the engine's. It knows versions, keys, order and durability.
//
// Its invariant: what Commit answered with nil is on the disk, whole, once; what
// it answered with an error other than ErrDuplicate has changed nothing.
//
// # Who writes
//
// One goroutine owns the writer. It takes a turn, drains what queued meanwhile
// (bounded), commits once and answers everyone. There is no timer: latency is
// one commit, and batches form by themselves while a commit runs. All
// preconditions of a turn are read before its first put, inside the same
// transaction, so they see the earlier turns of the batch, and a turn that
// fails does so alone.
//
// Nobody else holds the writer: deletions by slices, migrations in bounded
// transactions that go on where a kill interrupted them, snapshots from a read
// transaction that only lasts as long as a local copy.
//
// # Beside the file
//
// PATH.erased lists, by salted hashes, who was erased: see erasures. It is not part
// of the file, because a restored file is older than it.
//
// # Buckets
//
//	meta     format, step of a migration, next ordinal, since when held, last erasure
//	records  kind ID          -> header body; a tombstone has no body
//	seen     channel key      -> second; swept after SeenKeep
//	outbox   channel lane id  -> header message
//	timers   'i' ID -> due owner | 'd' due ID -> timer
//	unsure   id -> channel lane header message: what a restored store does not know whether it was sent
//	owned    owner kind key -> 1: the timers, log rows and unsure messages of an owner
//	claims   'e' event -> granted waiting next | 'c' event holder -> place | 'w' event place -> holder
//	history  address seq      -> line; HistoryKeep an address
//	logs     log seq          -> row; bot.LogKeep a log
//	tallies  name             -> varint
//	facets   'n' name -> number | 'b' number chunk -> roaring bitmap of 65,536 ordinals
//	lists    list key         -> 1: what pages show in order
//	people   'o' ordinal -> artisan's ID | 'w' chunk word -> roaring bitmap
//
// Only a conversation is a random put. Dedupe keys append: networks count their
// updates upwards, and a decimal key is stored by its length first, so that the
// order of numbers is the order of keys; the second stored with it is what the
// sweep reads, and the sweep walks in read transactions and gives the writer
// only the keys to delete. (An index by time would have cost every turn a
// second put for what a walk of some milliseconds an hour finds as well.) Keys
// of networks that choose at random, as WhatsApp does, cost one random page.
package bolt
