// Package console is the pages of the staff: server-rendered, in French and Arabic,
// good on a phone and on a desk, without a script.
//
// It refuses to know storage, channels and conversations. Its invariants: every route
// stands in one table with the act that it needs, and what a page shows of people was
// asked of the store with the visitor's Scope.
//
// A new page is a line in routes, a method of *visit, a template in pages/ that
// defines "title" and "content", and its words in words.yaml.
package console
