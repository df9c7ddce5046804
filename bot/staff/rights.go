package staff

import (
	"cmp"
	"maps"
	"slices"

	"maalem/bot"
)

// Role is what somebody is here for.
type Role string

// Roles.
const (
	Admin       Role = "admin"
	Coordinator Role = "coordinator"
	Advisor     Role = "advisor"
	Analyst     Role = "analyst"
	Editor      Role = "editor"
	Viewer      Role = "viewer" // aggregates only
)

// Roles lists them, the most powerful first.
var Roles = []Role{Admin, Coordinator, Advisor, Analyst, Editor, Viewer}

// Act is something that a role may or may not do.
type Act string

// Acts. Pages are registered with the one that they need.
const (
	Enter          Act = "enter"           // sign in: home, one's own account
	SeeAggregates  Act = "see-aggregates"  // counts and charts, small cells hidden from viewers
	SeePeople      Act = "see-people"      // single records, without identities
	SeeIdentities  Act = "see-identities"  // names and phones, with a reason
	ExportPeople   Act = "export-people"   // files with identities, with a reason
	WritePeople    Act = "write-people"    // merge, import
	WriteEvents    Act = "write-events"    // trainings and fairs
	Announce       Act = "announce"        // send to an audience
	AnswerTickets  Act = "answer-tickets"  // the inbox
	ReadResults    Act = "read-results"    // surveys
	EditProcedures Act = "edit-procedures" // the export guide
	ReadAudit      Act = "read-audit"      // who did what
	ManageStaff    Act = "manage-staff"    // accounts
)

// rights is the one table of who may do what.
var rights = map[Role][]Act{
	Admin: {Enter, SeeAggregates, SeePeople, SeeIdentities, ExportPeople, WritePeople, WriteEvents, Announce, AnswerTickets, ReadResults,
		EditProcedures, ReadAudit, ManageStaff},
	Coordinator: {Enter, SeeAggregates, SeePeople, SeeIdentities, ExportPeople, WritePeople, WriteEvents, Announce, AnswerTickets, ReadResults},
	Advisor:     {Enter, SeeAggregates, SeePeople, SeeIdentities, AnswerTickets},
	Analyst:     {Enter, SeeAggregates, SeePeople, ReadResults},
	Editor:      {Enter, SeeAggregates, EditProcedures},
	Viewer:      {Enter, SeeAggregates},
}

// May reports whether a role may do something. An unknown role may nothing.
func (r Role) May(a Act) bool { return slices.Contains(rights[r], a) }

// Account is somebody who works with the console.
type Account struct {
	_       struct{} `cbor:",toarray"`
	ID      string
	Name    string
	Role    Role
	Regions []string // none = national
	Lang    string   // "fr" or "ar"
	Created int64    // Unix seconds
	// Entered is when they signed in first; 0 = never yet.
	Entered int64
}

// Scope is whose records the account may see.
func (a *Account) Scope() bot.Scope {
	if len(a.Regions) == 0 {
		return bot.Nation
	}
	return bot.Scope{Regions: a.Regions}
}

// least is the smallest count that a viewer is shown.
const least = 5

// Hidden stands for a count that is not shown.
const Hidden = -1

// HideSmall hides what must not be shown of one row of disjoint counts beside its total:
// those under five, and, so that no subtraction gives one back, the smallest others until
// at least two are hidden that together reach five. It protects one row only, not a table
// with totals both ways.
func HideSmall(counts map[string]int) map[string]int {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b))
	})
	out := maps.Clone(counts)
	hidden, sum := 0, 0
	for _, name := range names {
		n := counts[name]
		if n >= least && (hidden == 0 || hidden >= 2 && sum >= least) {
			break
		}
		out[name] = Hidden
		hidden, sum = hidden+1, sum+n
	}
	return out
}
