package telegram

import (
	"net/http"
	"strings"
	"time"

	"maalem/bot"
)

// Descriptions that mean more than their code. Telegram documents none of them;
// they are what its server has been answering for years, which is why they are
// read in this file only.
var (
	goneTexts      = []string{"chat not found", "user not found", "peer_id_invalid", "user is deactivated"}
	badFileTexts   = []string{"wrong file identifier", "wrong remote file", "file reference", "wrong type of the file", "file_id_invalid"}
	badMarkupTexts = []string{"can't parse entities", "can't find end tag", "unsupported start tag"}
)

func (f *fault) says(texts []string) bool {
	if f.code != http.StatusBadRequest {
		return false
	}
	lower := strings.ToLower(f.text)
	for _, t := range texts {
		if strings.Contains(lower, t) {
			return true
		}
	}
	return false
}

func (f *fault) badMarkup() bool { return f.says(badMarkupTexts) }
func (f *fault) badFile() bool   { return f.says(badFileTexts) }

// refusedToken reports that Telegram does not know us. A 404 is meant for the
// method as well: whoever needs to know asks getMe.
func (f *fault) refusedToken() bool {
	return !f.foreign && (f.code == http.StatusUnauthorized || f.code == http.StatusNotFound)
}

// sendError says what the fault means for the message that was to be sent.
// retry comes first: an upload's 429 has no code of its own.
func (f *fault) sendError() *bot.SendError {
	e := &bot.SendError{Failure: bot.FailUnknown, Reason: f.Error()}
	switch {
	case f.retry > 0:
		e.Failure, e.After = bot.FailThrottled, f.retry
	case f.unsent:
		e.Failure = bot.FailOffline
	case f.code == http.StatusRequestEntityTooLarge:
		e.Failure = bot.FailRejected
	case f.code == 0, f.code >= 500, f.foreign:
		// The answer is lost or is not Telegram's: it may have been sent.
	case f.refusedToken():
		e.Failure = bot.FailAccountBlocked
	case f.code == http.StatusForbidden, f.says(goneTexts):
		e.Failure = bot.FailGone
	case f.code >= 400:
		e.Failure = bot.FailRejected
	}
	return e
}

// throttled is the refusal of our own gate while Telegram wants silence.
func throttled(after time.Duration) *bot.SendError {
	return &bot.SendError{Failure: bot.FailThrottled, After: after, Reason: "waiting as long as Telegram asked"}
}

// unsent is for what ends before a byte has left.
func unsent(reason string) *bot.SendError {
	return &bot.SendError{Failure: bot.FailOffline, Reason: reason}
}

func rejected(reason string) *bot.SendError {
	return &bot.SendError{Failure: bot.FailRejected, Reason: reason}
}
