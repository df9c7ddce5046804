// Package staff keeps the accounts of the console: who works here, what each may do
// and see, how they sign in, and what they did.
//
// It refuses to know pages and networks. Its invariants: a secret (a link, a session)
// is stored only as its hash; a link signs in once; what an account may see is its
// Scope, and a removed account sees nothing from the same moment on.
package staff
