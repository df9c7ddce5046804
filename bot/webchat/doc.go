// Package webchat is the channel "web": a chat page in the browser, for people
// without Telegram or WhatsApp and for everybody's first try.
//
// It refuses to know what is said: it shows the kept history of an address and
// hands over what the person writes. A line is shown only once it is committed,
// so Send merely wakes the pages that are open. Its invariants: a message that
// the page sends again after a broken line is answered once (the page makes the
// message's id, and the address of a newcomer follows from the first one);
// nothing is kept about anybody before the first message; what people wrote
// reaches a page as text, never as markup.
package webchat
