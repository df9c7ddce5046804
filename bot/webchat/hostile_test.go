package webchat

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// A form cannot fill the memory with fields: what is no file is bounded as in JSON.
func TestFormFieldsAreBounded(t *testing.T) {
	h := open(t, newStore(), parrot)
	for field, tt := range map[string]struct{ size, want int }{
		"nobody's field": {1 << 20, http.StatusRequestEntityTooLarge},
		"text":           {3 * MaxText, http.StatusOK}, // Tifinagh takes three bytes a character
	} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		fields := [][2]string{{"id", id(tt.size)}, {field, strings.Repeat("ⵣ", tt.size/3)}, {"text", "salam"}}
		for _, f := range fields {
			if err := w.WriteField(f[0], f[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		p := &phone{t: t, h: h, from: "192.0.2.1"}
		if resp, _ := p.do("POST", "/chat/message", w.FormDataContentType(), b.Bytes()); resp.StatusCode != tt.want {
			t.Errorf("%d bytes of %s: %d, want %d", tt.size, field, resp.StatusCode, tt.want)
		}
	}
}

// One household that never ends its uploads, however it writes the content type,
// leaves places to the others.
func TestSlowUploadsLeaveRoomForOthers(t *testing.T) {
	h := open(t, newStore(), parrot)
	h.chat.uploads.wait = 50 * time.Millisecond
	kinds := []string{"multipart/form-data", "Multipart/Form-Data", "MULTIPART/FORM-DATA"}
	for n := range 2 * maxUploads {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, "POST /chat/message HTTP/1.1\r\nHost: maalem\r\nX-Forwarded-For: 192.0.2.66\r\n"+
			"Content-Type: %s; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\n", kinds[n%len(kinds)]); err != nil {
			t.Fatal(err)
		}
	}
	held := func() (own, all int) {
		h.chat.uploads.mu.Lock()
		defer h.chat.uploads.mu.Unlock()
		for _, home := range h.chat.uploads.homes {
			own += len(home.own)
		}
		return own, len(h.chat.uploads.all)
	}
	for own, all := held(); own != maxUploadsOwn || all != maxUploadsOwn; own, all = held() {
		if all > maxUploadsOwn || t.Context().Err() != nil {
			t.Fatalf("one household has %d places", all)
		}
		time.Sleep(time.Millisecond)
	}
	same := &phone{t: t, h: h, from: "192.0.2.66"}
	for _, kind := range kinds {
		body := strings.NewReader("--b--\r\n")
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.url+"/chat/message", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind+"; boundary=b")
		r.Header.Set("X-Forwarded-For", same.from)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a ninth upload of the household, as %s: %d", kind, resp.StatusCode)
		}
	}
	other := &phone{t: t, h: h, from: "192.0.2.7"}
	if status, _ := other.send(id(1), "a.png", "image/png", []byte("a picture")); status != http.StatusOK {
		t.Errorf("somebody else's upload: %d", status)
	}
}

// A large file that many fetch, slowly, is read as they take it and not beforehand.
func TestSlowDownloadsTakeNoMemory(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h, from: "192.0.2.1"}
	_, v := p.send(id(1), "v.ogg", "audio/ogg", make([]byte, MaxUpload))
	if len(v.Lines) == 0 || v.Lines[0].Media == nil {
		t.Fatal("not kept")
	}
	tcp, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	if err := tcp.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(tcp, "GET %s HTTP/1.1\r\nHost: maalem\r\nCookie: %s=%s\r\n\r\n", v.Lines[0].Media.Path, p.cookie.Name, p.cookie.Value); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(tcp, first); err != nil {
		t.Fatal(err)
	}
	h.store.mu.Lock()
	read := h.read
	h.store.mu.Unlock()
	if read == 0 || read == MaxUpload {
		t.Errorf("of %d bytes %d were read for who takes one", MaxUpload, read)
	}
	_ = tcp.Close()
	h.stop()
	if h.store.mu.Lock(); h.closed == 0 {
		t.Error("the file stays open")
	}
	h.store.mu.Unlock()
}

// One household that fetches pages and never takes them leaves the others theirs.
func TestSlowReadersLeaveRoomForOthers(t *testing.T) {
	h := open(t, newStore(), parrot)
	h.chat.answers.wait = 50 * time.Millisecond
	for range maxAnswersOwn {
		_, ok := h.chat.answers.enter(netip.MustParsePrefix("192.0.2.66/32"))
		if !ok {
			t.Fatal("no place")
		}
	}
	for from, want := range map[string]int{"192.0.2.66": http.StatusServiceUnavailable, "192.0.2.7": http.StatusOK} {
		for _, path := range []string{"/", "/chat", "/chat/lines", "/chat/forget"} {
			p := &phone{t: t, h: h, from: from}
			if resp, _ := p.do("GET", path, "", nil); resp.StatusCode != want {
				t.Errorf("%s from %s: %d, want %d", path, from, resp.StatusCode, want)
			}
		}
	}
}
