package webchat

import (
	"context"
	"encoding/hex"
	"net/http"
	"regexp"
	"time"

	"maalem/bot"
	"maalem/bot/web"
)

// cookieAge is how long a browser remembers its conversation; browsers cap it at
// 400 days, and each visit renews it.
const cookieAge = 400 * 24 * time.Hour

// remembered bounds the households whose new conversations are counted.
const remembered = 50_000

// identity tells whose request it is.
type identity struct {
	site   *web.Site
	cookie web.Cookie
	birth  web.Secret
	limit  *web.Limiter
}

func newIdentity(ctx context.Context, cfg Config) (identity, error) {
	signing, err := web.NewSecret(ctx, cfg.Keys, "chat cookie")
	if err != nil {
		return identity{}, err
	}
	birth, err := web.NewSecret(ctx, cfg.Keys, "chat address")
	if err != nil {
		return identity{}, err
	}
	return identity{
		site:   cfg.Site,
		cookie: cfg.Site.NewCookie("maalem_chat", signing, cookieAge),
		birth:  birth,
		limit:  web.NewLimiter(cfg.NewConversations, remembered, cfg.Now),
	}, nil
}

var addressID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// known reads the address from the cookie.
func (i identity) known(r *http.Request) (bot.Address, bool) {
	id, ok := i.cookie.Read(r)
	return bot.Address{Channel: Name, ID: id}, ok && addressID.MatchString(id)
}

// messageID is what pages make: 128 random bits in hex, and on pages for browsers
// without scripts the place of the form on the page.
var messageID = regexp.MustCompile(`^[0-9a-f]{32}(-[0-9]{1,20})?$`)

// born is the address of somebody whose first message has this id. It follows
// from the id, and is not drawn: when the answer to the first message is lost,
// the page has no cookie yet and sends again, and must meet the same
// conversation. The id is as secret, and as random, as the cookie that follows.
func (i identity) born(id string) bot.Address {
	return bot.Address{Channel: Name, ID: hex.EncodeToString(i.birth.MAC(id[:32])[:16])}
}

// mayBegin counts a new conversation against the request's household.
func (i identity) mayBegin(r *http.Request) (ok bool, wait time.Duration) {
	return i.limit.Allow(web.Household(i.site.Client(r)))
}
