package catalog

import (
	"strconv"
	"strings"
)

// entry is one message of a PO file, with what translators and tools wrote about it.
type entry struct {
	line    int // of its msgid, counted from 1
	key     string
	counted bool     // has a msgid_plural
	forms   []string // msgstr, or msgstr[0], msgstr[1]…
	notes   []string // "#." for translators: context and marks
	remarks []string // "# " by translators
	flags   []string // "#," fuzzy, max-length:20
}

// fault is what a PO file has wrong on one line.
type fault struct {
	line int
	key  string
	what string
}

// parsePO reads a monolingual gettext PO file, in which a msgid is a key. It is
// stricter than gettext-go's reader, which hangs on a stray string line, lets two
// entries without a blank line between them overwrite one another, and does not say
// where: here every fault is reported with its line, and reading goes on after it.
// The header is the entry whose key is "". Obsolete entries (#~) are passed over.
func parsePO(src string) (entries []entry, faults []fault) {
	p := poReader{}
	for i, line := range strings.Split(src, "\n") {
		p.line = i + 1
		p.read(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")))
	}
	p.finish()
	return p.entries, p.faults
}

type poReader struct {
	line    int
	entries []entry
	faults  []fault
	now     entry   // the entry being read
	into    *string // the string that a following "…" line continues
	plural  string  // msgid_plural
}

func (p *poReader) read(line string) {
	switch {
	case line == "":
		p.into = nil
	case strings.HasPrefix(line, "#~"):
		p.into = nil
	case line[0] == '#':
		p.comment(line)
	case line[0] == '"':
		if p.into == nil {
			p.fault("a string that belongs to nothing")
			return
		}
		*p.into += p.unquote(line)
	default:
		word, rest, _ := strings.Cut(line, " ")
		p.keyword(word, p.unquote(strings.TrimSpace(rest)))
	}
}

// comment begins a new entry when the one before already has its translation.
func (p *poReader) comment(line string) {
	if len(p.now.forms) > 0 {
		p.finish()
	}
	p.into = nil
	text := strings.TrimSpace(line[min(2, len(line)):])
	switch {
	case strings.HasPrefix(line, "#."):
		p.now.notes = append(p.now.notes, text)
	case strings.HasPrefix(line, "#,"):
		for f := range strings.SplitSeq(text, ",") {
			p.now.flags = append(p.now.flags, strings.TrimSpace(f))
		}
	case strings.HasPrefix(line, "#:"), strings.HasPrefix(line, "#|"):
		// references and previous texts, kept by translation tools for themselves
	default:
		p.now.remarks = append(p.now.remarks, strings.TrimSpace(line[1:]))
	}
}

func (p *poReader) keyword(word, value string) {
	switch {
	case word == "msgid":
		if len(p.now.forms) > 0 || p.now.line > 0 {
			p.finish()
		}
		p.now.line, p.now.key = p.line, value
		p.into = &p.now.key
	case p.now.line == 0:
		p.fault(word + " before any msgid")
		p.into = nil
	case word == "msgid_plural":
		p.now.counted, p.plural = true, value
		p.into = &p.plural
	case word == "msgstr", strings.HasPrefix(word, "msgstr["):
		n := 0
		if word != "msgstr" {
			var err error
			if n, err = strconv.Atoi(strings.TrimSuffix(word[len("msgstr["):], "]")); err != nil || !p.now.counted {
				p.fault(word + " where no plural form belongs")
				n = len(p.now.forms)
			}
		}
		if n != len(p.now.forms) {
			p.fault(word + " out of order")
		}
		p.now.forms = append(p.now.forms, value)
		p.into = &p.now.forms[len(p.now.forms)-1]
	default:
		p.fault("unknown word " + strconv.Quote(word))
		p.into = nil
	}
}

func (p *poReader) unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		p.fault("a string without both its quotes")
		return ""
	}
	var b strings.Builder
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			p.fault(`a quote inside a string, write \"`)
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 == len(s):
			p.fault("a string without both its quotes")
		default:
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '"', '\\':
				b.WriteByte(s[i])
			default:
				p.fault(`unknown escape \` + s[i:i+1])
			}
		}
	}
	return b.String()
}

func (p *poReader) finish() {
	switch {
	case p.now.line == 0: // comments that belong to nothing
	case len(p.now.forms) == 0:
		p.fault("msgid without msgstr")
	default:
		p.entries = append(p.entries, p.now)
	}
	p.now, p.into = entry{}, nil
}

func (p *poReader) fault(what string) {
	p.faults = append(p.faults, fault{line: p.line, key: p.now.key, what: what})
}

func (e entry) flag(name string) bool {
	for _, f := range e.flags {
		if f == name {
			return true
		}
	}
	return false
}

// note is the value of a "#. name: value" comment, or "" with true for a bare "#. name".
func (e entry) note(name string) (string, bool) {
	for _, n := range e.notes {
		if n == name {
			return "", true
		}
		if value, ok := strings.CutPrefix(n, name+":"); ok {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
