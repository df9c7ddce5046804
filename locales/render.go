package locales

import "strings"

// Render is t for a reader of lang, with {placeholders} filled from args.
//
// Where t is not written in lang, the first language of Fallback that it is
// written in is taken whole, its digits, dates and direction with it. In Arabic
// script each inserted value stands between isolates, in Latin and Tifinagh a value
// that holds Arabic does; links never have an invisible character beside them. A
// placeholder without a value stays visible, in braces: seen in a test, survivable
// in front of a person. A legal text in Tamazight is followed by its French twin.
//
// It never fails and never panics, whatever t and args hold.
func (t Text) Render(lang Lang, args Args) string {
	form, in, latin := t.pick(lang, args)
	if latin {
		form = ToLatin(form)
	}
	out := fill(form, in, args)
	if t.Legal && in.Base() == Tamazight {
		if french := t.form(French, args); french != "" {
			out += "\n" + fill(french, French, args)
		}
	}
	return out
}

// fill replaces the placeholders of a template written in lang.
func fill(template string, lang Lang, args Args) string {
	out := template
	if open := strings.IndexByte(template, '{'); open >= 0 && len(args) > 0 {
		var b strings.Builder
		b.Grow(len(template) + 24*len(args))
		for open >= 0 {
			b.WriteString(template[:open])
			template = template[open:]
			name, rest, ok := placeholder(template)
			value, known := args[name]
			if ok && known && value != nil {
				bare := endsInLink(b.String()) || startsWithLink(rest)
				if value == "" && strings.HasSuffix(b.String(), " ") { // "Welcome {name}, …" to somebody without one
					short := strings.TrimSuffix(b.String(), " ")
					b.Reset()
					b.WriteString(short)
				}
				insert(&b, lang, value, bare)
				template = rest
			} else {
				b.WriteByte('{')
				template = template[1:]
			}
			open = strings.IndexByte(template, '{')
		}
		b.WriteString(template)
		out = b.String()
	}
	if lang.RTL() {
		return lead(out)
	}
	return out
}

// Placeholders lists the names in braces in a template, in order, each once.
func Placeholders(template string) []string {
	var names []string
next:
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			return names
		}
		name, rest, ok := placeholder(template[open:])
		if !ok {
			template = template[open+1:]
			continue
		}
		template = rest
		for _, n := range names {
			if n == name {
				continue next
			}
		}
		names = append(names, name)
	}
}

// placeholder splits "{name}rest". A name has ASCII letters, digits, "_" and ".".
func placeholder(s string) (name, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '}':
			return s[1:i], s[i+1:], i > 1
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '.':
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// insert writes one value, isolated where its surroundings need it.
func insert(b *strings.Builder, lang Lang, value any, bare bool) {
	s, ltr := format(lang, value)
	s = settle(strings.ToValidUTF8(s, "\ufffd")) // halves of letters could meet and become a mark
	if bare {
		b.WriteString(StripBidi(s))
		return
	}
	for {
		line, rest, more := strings.Cut(s, "\n")
		b.WriteString(isolate(lang, line, ltr))
		if !more {
			return
		}
		b.WriteByte('\n')
		s = rest
	}
}

// isolate wraps one line of a value. An isolate ends with its paragraph, hence by line.
func isolate(lang Lang, line string, ltr bool) string {
	switch {
	case line == "" || startsWithLink(line) || endsInLink(line):
		return line
	case !lang.RTL() && !exposedRTL(line):
		return line
	case ltr || FirstStrong(line) == NoDirection:
		return LTR(line)
	}
	return Isolate(line)
}

// endsInLink reports whether the last word of s is a link: what follows becomes part of it.
func endsInLink(s string) bool {
	i := len(s)
	for i > 0 && !spaceAt(s, i-1) {
		i--
	}
	return strings.Contains(s[i:], "://") || strings.Contains(s[i:], "www.")
}

// startsWithLink reports whether the first word of s is a link.
func startsWithLink(s string) bool {
	i := 0
	for i < len(s) && !spaceAt(s, i) {
		i++
	}
	s = s[:i]
	return strings.Contains(s, "://") || strings.HasPrefix(s, "www.") || strings.HasPrefix(s, "mailto:")
}

// spaceAt reports whether the byte at i is a space, or part of a no-break one.
func spaceAt(s string, i int) bool {
	switch s[i] {
	case ' ', '\n', '\t':
		return true
	case 0xa0:
		return i > 0 && s[i-1] == 0xc2
	}
	return false
}
