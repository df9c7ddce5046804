package console

import "maalem/bot/staff"

// everyone marks the pages before signing in.
const everyone staff.Act = ""

// route is a page with the act that it needs.
type route struct {
	pattern string
	act     staff.Act
	serve   func(*visit) error
}

// routes is every page of the console. A test tries each with each role.
var routes = []route{
	{"GET /console/in/{token}", everyone, (*visit).arrive},
	{"POST /console/in/{token}", everyone, (*visit).signIn},
	{"POST /console/out", staff.Enter, (*visit).signOut},
	{"GET /console", staff.Enter, (*visit).home},
	{"GET /console/account", staff.Enter, (*visit).myAccount},
	{"POST /console/account/language", staff.Enter, (*visit).myLanguage},
	{"POST /console/account/sessions/{id}", staff.Enter, (*visit).endSession},
	{"GET /console/people", staff.SeePeople, (*visit).people},
	{"GET /console/people/{id}", staff.SeePeople, (*visit).person},
	{"POST /console/identities", staff.SeeIdentities, (*visit).identities},
	{"GET /console/inbox", staff.AnswerTickets, (*visit).inbox},
	{"GET /console/inbox/{id}", staff.AnswerTickets, (*visit).question},
	{"GET /console/inbox/{id}/files/{hash}", staff.AnswerTickets, (*visit).questionFile},
	{"POST /console/inbox/{id}/take", staff.AnswerTickets, (*visit).takeQuestion},
	{"POST /console/inbox/{id}/answer", staff.AnswerTickets, (*visit).answerQuestion},
	{"POST /console/inbox/{id}/close", staff.AnswerTickets, (*visit).closeQuestion},
	{"GET /console/answers", staff.AnswerTickets, (*visit).canned},
	{"POST /console/answers", staff.AnswerTickets, (*visit).keepCanned},
	{"GET /console/staff", staff.ManageStaff, (*visit).staff},
	{"POST /console/staff", staff.ManageStaff, (*visit).addStaff},
	{"GET /console/staff/{id}", staff.ManageStaff, (*visit).oneStaff},
	{"POST /console/staff/{id}", staff.ManageStaff, (*visit).changeStaff},
	{"POST /console/staff/{id}/link", staff.ManageStaff, (*visit).linkStaff},
	{"POST /console/staff/{id}/remove", staff.ManageStaff, (*visit).removeStaff},
	{"GET /console/audit", staff.ReadAudit, (*visit).audit},
}

// bodies are the pages to which more is sent than a form, with how many bytes.
var bodies = map[string]int64{"POST /console/inbox/{id}/answer": answerBody}
