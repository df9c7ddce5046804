// Package telegram is the channel of the Telegram Bot API: updates become
// bot.Inbound, bot.Outgoing becomes messages. It is the only importer of
// telegram-bot-api, of which it uses the types, MakeRequest and UploadFiles; the
// library's own update loop confirms what nobody has read yet, so ours replaces it.
//
// It refuses to know what a message means, which texts exist and where anything
// is stored: files go to a bot.MediaStore, the offset and the webhook's secret to
// Offsets, both given by the caller.
//
// Its invariants: an update is confirmed to Telegram only after its handler
// returned nil; updates of one chat are handled one after the other in the order
// in which they came, whatever fails in between; the bot's token, which is part
// of every URL, is in no error and in no log line.
package telegram
