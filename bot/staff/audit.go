package staff

import (
	"context"
	"time"

	"maalem/bot"
)

// Row is one line of the audit: who did what to whom, and why. It holds no name and no
// phone of an artisan: people are named by their public ID.
type Row struct {
	_       struct{} `cbor:",toarray"`
	Who     string   // an account's ID, or "operator"
	Act     string   // "staff-add", "sign-in", "identities-open", "see-person", …
	Subject string   // an account's, artisan's or event's ID
	Words   string   // details: a reason, a role
	Count   int      // how many people were shown
}

// Line is a row as it is read, with its place and time.
type Line struct {
	Row
	Seq uint64
	At  time.Time
}

// row is the row as an act's turn appends it.
func (o *Office) row(by By, r Row) ([]bot.LogRow, error) {
	r.Who = by.ID
	body, err := bot.EncodeRecord(&r)
	if err != nil {
		return nil, err
	}
	return []bot.LogRow{{Log: bot.LogOf(bot.LogAudit, by.Region), Body: body}}, nil
}

// AuditRow is the row for an act that another turn carries out.
func (o *Office) AuditRow(by By, r Row) (bot.LogRow, error) {
	rows, err := o.row(by, r)
	if err != nil {
		return bot.LogRow{}, err
	}
	return rows[0], nil
}

// Note writes a row for what was only looked at.
func (o *Office) Note(ctx context.Context, by By, r Row) error {
	rows, err := o.row(by, r)
	if err != nil {
		return err
	}
	return o.commit(ctx, "write audit", bot.Turn{Append: rows})
}

// Audit pages what a scope may read of it, newest first; before 0 begins.
func (o *Office) Audit(ctx context.Context, scope bot.Scope, before uint64, n int) ([]Line, error) {
	rows, err := o.Store.LogBack(ctx, scope, bot.LogAudit, before, n)
	if err != nil {
		return nil, err
	}
	out := make([]Line, 0, len(rows))
	for _, r := range rows {
		line := Line{Seq: r.Seq, At: r.At}
		if err := bot.DecodeRecord(r.Body, &line.Row); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}
