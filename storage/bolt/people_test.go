//go:build linux

package bolt

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maalem/bot"
)

var people = flag.Int("people", 0, "how many artisans the scale test makes; 2600000 are all that are hoped for")

// peopleChild names the store in the environment of a child of the scale test.
const peopleChild = "MAALEM_PEOPLE_CHILD"

// TestPeople measures a file with very many people:
//
//	go test ./storage/bolt -run People -people 2600000 -v -timeout 60m
//
// how long it takes to open after a clean stop and after a kill, from the page cache
// and from the disk, what the process needs besides the mapped file, and what
// looking somebody up costs against a small file. It prints figures; what it checks
// is that everybody is there.
func TestPeople(t *testing.T) {
	if *people == 0 {
		t.Skip("SKIPPED without -people N: nothing is measured")
	}
	small, large := filepath.Join(t.TempDir(), "small.db"), filepath.Join(t.TempDir(), "large.db")
	for path, n := range map[string]int{small: 10_000, large: *people} {
		begun := time.Now()
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := fill(s, 0, n); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d people: %.0f MB, made in %v", n, float64(info.Size())/1e6, time.Since(begun).Round(time.Second))
	}
	for _, m := range []struct {
		what, path string
		n          int
		end        string // of this start, which the next one finds
		cold       bool
	}{
		{"small file, after a clean stop", small, 10_000, "stop", false},
		{"after a clean stop", large, *people, "kill", false},
		{"after a kill at rest", large, *people, "load", false},
		{"after a kill under load", large, *people, "load", false},
		{"after a kill under load, from the disk", large, *people, "kill", true},
		{"after a kill at rest, from the disk", large, *people, "stop", true},
		{"after a clean stop, from the disk", large, *people, "stop", true},
	} {
		if m.cold {
			dropCache(t, m.path)
		}
		t.Logf("%-40s %s", m.what, peopleStart(t, m.path, m.n, m.end))
	}
}

// peopleStart opens the file in a process of its own, which looks people up and then
// stops, or is killed at rest or under load, as end says.
func peopleStart(t *testing.T, path string, n int, end string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %s", peopleChild, path, n, end))
	out, err := child.CombinedOutput()
	if !strings.Contains(string(out), "opened") || err != nil && end == "stop" {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// peopleWork is the child.
func peopleWork(arg string) error {
	var path, end string
	var n int
	if _, err := fmt.Sscan(arg, &path, &n, &end); err != nil {
		return err
	}
	ctx := context.Background()
	begun := time.Now()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	opened := time.Since(begun)
	if got, err := s.Count(ctx, bot.Nation, bot.All("all")); err != nil || got != n {
		return fmt.Errorf("%d people are there, want %d: %v", got, n, err)
	}
	counted := time.Since(begun) - opened
	asked, err := peopleAsked(ctx, s, n)
	if err != nil {
		return err
	}
	lookup := func() (time.Duration, error) {
		const times = 100_000
		at := time.Now()
		for range times {
			i := rand.IntN(n)
			got, err := s.Read(ctx, bot.Ref{Kind: bot.KindConversation, ID: figureAddress(i).String()}, figurePerson(i))
			if err != nil || len(got[0].Body) == 0 || len(got[1].Body) == 0 {
				return 0, fmt.Errorf("person %d is not there: %v", i, err)
			}
		}
		return time.Since(at) / times, nil
	}
	first, err := lookup()
	if err != nil {
		return err
	}
	again, err := lookup()
	if err != nil {
		return err
	}
	// Commits, so that a kill leaves free pages and the memory is that of a server at work.
	var took []time.Duration
	for i := range 500 {
		at := time.Now()
		if err := s.Commit(ctx, bot.Turn{Key: fmt.Sprintf("x/%d%d", os.Getpid(), i), Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindLink, ID: fmt.Sprintf("%d-%d", os.Getpid(), i)}}},
			Changes: []bot.Change{{Ref: bot.Ref{Kind: bot.KindLink, ID: fmt.Sprintf("%d-%d", os.Getpid(), i)}, Body: figureTalk}}}); err != nil {
			return err
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	own, peak, err := ownMemory()
	if err != nil {
		return err
	}
	fmt.Printf("opened in %v; %.0f MB of own memory (%.0f MB with the mapped file at most); counted in %v; %s; looked up in %v, then %v; lone commit p50 %v\n",
		opened.Round(time.Millisecond), own, peak, counted.Round(10*time.Microsecond), asked, first, again, took[len(took)/2].Round(10*time.Microsecond))
	if end == "load" {
		for range 64 {
			go func() {
				for {
					_ = s.Commit(ctx, bot.Turn{Tally: []bot.Tally{{Name: "turns", Delta: 1}}})
				}
			}()
		}
		time.Sleep(300 * time.Millisecond)
	}
	if end == "kill" {
		time.Sleep(3 * time.Second) // rest
	}
	if end != "stop" {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return s.Close()
}

// peopleAsked is what a console asks: a count with three clauses, and first pages of
// what a search finds.
func peopleAsked(ctx context.Context, s *Store, n int) (string, error) {
	scope := bot.Scope{Regions: []string{"MA-03", "MA-09"}}
	f := bot.Filter{{Any: []string{"craft:2", "craft:3", "craft:8"}}, {Any: []string{"gender:0"}}, {Any: []string{"province:1", "province:2"}, Not: true}}
	want := 0
	for i := range n {
		region, craft, province := i%12, i%40, i%75
		if (region == 2 || region == 8) && (craft == 2 || craft == 3 || craft == 8) && i%2 == 0 && province != 1 && province != 2 {
			want++
		}
	}
	var took []time.Duration
	for range 5 {
		at := time.Now()
		got, err := s.Count(ctx, scope, f)
		if err != nil || got != want {
			return "", fmt.Errorf("%d people fit, want %d: %v", got, want, err)
		}
		took = append(took, time.Since(at))
	}
	out := fmt.Sprintf("three clauses in two regions counted in %v, then %v", took[0].Round(10*time.Microsecond), slices.Min(took).Round(10*time.Microsecond))
	for _, find := range []struct {
		what  string
		terms []bot.Term
		want  int
	}{{"everybody", nil, 50}, {"a name that a third have", []bot.Term{{Prefix: "fatima"}}, 50}, {"a rare surname", []bot.Term{{Prefix: "ait0", Exact: "~t0"}}, min(50, 1+(n-1)/20_011)}} {
		at := time.Now()
		rows, _, err := s.List(ctx, bot.Nation, nil, find.terms, 0, 50)
		if err != nil || len(rows) != find.want {
			return "", fmt.Errorf("%d of %s, want %d: %v", len(rows), find.what, find.want, err)
		}
		out += fmt.Sprintf("; %d of %s in %v", len(rows), find.what, time.Since(at).Round(10*time.Microsecond))
	}
	return out, nil
}

// ownMemory is what the process needs besides the mapped file, and its peak with
// it, in MB.
func ownMemory() (own, peak float64, err error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		var kB float64
		if name == "RssAnon" || name == "VmHWM" {
			if _, err := fmt.Sscan(rest, &kB); err != nil {
				return 0, 0, err
			}
		}
		switch name {
		case "RssAnon":
			own = kB / 1024
		case "VmHWM":
			peak = kB / 1024
		}
	}
	return own, peak, nil
}

// dropCache has the kernel forget the file, so that it is read from the disk.
func dropCache(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Fatal(err)
	}
}
