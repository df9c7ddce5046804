package bot

import "slices"

// Scope is whose records somebody may see: the whole country's, or those of some
// regions. A store applies it inside every query about people. The zero Scope sees
// nobody, so that a forgotten one shows nothing.
type Scope struct {
	National bool
	Regions  []string // "MA-09"
}

// Nation is the scope of the operator's own commands and of national staff.
var Nation = Scope{National: true}

// Regions are the codes of the twelve regions (ISO 3166-2:MA).
var Regions = []string{"MA-01", "MA-02", "MA-03", "MA-04", "MA-05", "MA-06", "MA-07", "MA-08", "MA-09", "MA-10", "MA-11", "MA-12"}

// NoRegion is in the facet "region:unknown" of who named no place that is known. It is
// no region: nobody's scope has it, the nation's apart.
const NoRegion = "unknown"

// Sees reports whether a region's records are in the scope; region "" is what
// belongs to no region.
func (s Scope) Sees(region string) bool {
	if s.National {
		return true
	}
	return slices.Contains(s.regions(), region)
}

// regions are the scope's, each once, without what is no region.
func (s Scope) regions() []string {
	out := make([]string, 0, len(s.Regions))
	for _, r := range s.Regions {
		if r != "" && r != NoRegion && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// Clause is the scope as a clause over artisans; everybody is true when there is
// nothing to restrict.
func (s Scope) Clause() (c Clause, everybody bool) {
	if s.National {
		return Clause{}, true
	}
	for _, r := range s.regions() {
		c.Any = append(c.Any, "region:"+r)
	}
	return c, false
}

// Logs are the names under which the rows of a log, or the keys of a list, lie that the
// scope sees.
func (s Scope) Logs(log string) []string {
	var names []string
	regions := s.regions()
	if s.National {
		names, regions = append(names, log), Regions
	}
	for _, r := range regions {
		names = append(names, LogOf(log, r))
	}
	return names
}

// LogOf is the name under which a region's rows of a log, or keys of a list, lie: apart,
// so that a scope reads its own and nothing else.
func LogOf(log, region string) string {
	if region == "" {
		return log
	}
	return log + "/" + region
}
