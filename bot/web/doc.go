// Package web is what the pages of Maalem share: the mux, security headers,
// limits on what a request may cost, hashed assets, signed cookies, the client's
// address behind trusted proxies, error pages, and the look (colours, fonts, the
// star).
//
// It refuses to know conversations, staff and stores: pages register themselves
// on a Site, the one secret it needs comes in through Keys. Its invariant: no
// answer leaves without the security headers, no page asks another host for
// anything, and what a stranger can make the process hold is bounded.
package web
