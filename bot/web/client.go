package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client is the address that a request came from: the connection's, or, when that
// is a trusted proxy, the nearest address in X-Forwarded-For that is not one. What
// untrusted hops wrote further left is never believed. It is personal data: for
// counting only, never for a log.
func (s *Site) Client(r *http.Request) netip.Addr {
	at, ok := remote(r)
	if !ok {
		return netip.IPv6Unspecified()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusts(at) {
			break
		}
		next, ok := forwarded(hop)
		if !ok {
			break
		}
		at = next
	}
	return at
}

func (s *Site) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.cfg.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// forwarded reads one entry of X-Forwarded-For; some proxies add the port.
func forwarded(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	a, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	if err != nil {
		ap, err := netip.ParseAddrPort(hop)
		if err != nil {
			return netip.Addr{}, false
		}
		a = ap.Addr()
	}
	return a.Unmap().WithZone(""), true
}

// Household is the network that one customer of a provider holds: an IPv4 address,
// or an IPv6 /64, in which a single device takes addresses as it likes.
func Household(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil { // the zero Addr: everybody without an address shares one bucket
		return netip.Prefix{}
	}
	return p
}
