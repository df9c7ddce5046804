package bot

// Filter describes a set of artisans: every clause must hold; none = everybody. It is
// data that can be kept and shown, never a query language. An Audience is one.
type Filter []Clause

// Clause holds for an artisan who is in any of these facets or, with Not, in none.
// A clause without facets holds for nobody, and with Not for everybody.
type Clause struct {
	_   struct{} `cbor:",toarray"`
	Any []string
	Not bool
}

// All is the filter of those who are in every one of these facets.
func All(facets ...string) Filter {
	f := make(Filter, 0, len(facets))
	for _, name := range facets {
		f = append(f, Clause{Any: []string{name}})
	}
	return f
}

// Term is a word that is looked for among an artisan's Words: one that begins with
// Prefix, or is Exact. Empty fields match nothing.
type Term struct{ Prefix, Exact string }

// Cursor is where a list of artisans goes on; zero = from the newest. What is in it
// is the store's.
type Cursor uint64
