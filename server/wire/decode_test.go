package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"libslapi/server/ber"
)

func TestDecodeRoundTrip(t *testing.T) {
	for _, m := range samples() {
		pdu := appendRequest(nil, m)
		got, err := Decode(pdu)
		if err != nil {
			t.Errorf("%T: %v", m.Op, err)
			continue
		}
		if d := cmp.Diff(m, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%T: %s", m.Op, d)
		}
	}
}

// Every message cut short or with an octet changed decodes to an error or to a
// message, and cut short always to an error.
func TestDecodeTruncated(t *testing.T) {
	for _, m := range samples() {
		pdu := appendRequest(nil, m)
		for n := range pdu {
			if _, err := Decode(pdu[:n]); err == nil {
				t.Errorf("%T: the first %d of %d octets decode", m.Op, n, len(pdu))
			}
			cut := bytes.Clone(pdu[:n])
			if n > 2 && len(pdu) < 0x80 { // the envelope claims to be whole
				cut[1] = byte(n - 2)
				var e *DecodeError
				if _, err := Decode(cut); err != nil && !errors.As(err, &e) {
					t.Errorf("%T: %v", m.Op, err)
				}
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	search := func(scope, deref, size, time string) string {
		return "301f 020101 631a 0400 0a01" + scope + "0a01" + deref + "0201" + size + "0201" + time + "010100 8702636e 3003 0401 61"
	}
	for _, tc := range []struct {
		name, in   string
		id         int32
		answerable bool
		code       ResultCode
		reason     string
	}{
		{"set", "3103 020101", 0, false, ProtocolError, "tag 0x31"},
		{"no id", "3000", 0, false, ProtocolError, "element missing"},
		{"id 0", "3005 020100 4200", 0, false, ProtocolError, "message ID out of range"},
		{"id negative", "3005 0201ff 4200", 0, false, ProtocolError, "message ID out of range"},
		{"id large", "3009 02050080000000 4200", 0, false, ProtocolError, "message ID out of range"},
		{"no request", "3003 020101", 1, false, ProtocolError, "request missing"},
		{"response", "3005 020101 6100", 1, false, ProtocolError, "unknown protocol operation"},
		{"octets after", "3005 020101 4200 00", 0, false, ProtocolError, "after the message"},
		{"scope", search("07", "00", "00", "00"), 1, true, ProtocolError, "invalid scope"},
		{"deref", search("00", "04", "00", "00"), 1, true, ProtocolError, "invalid deref"},
		{"size limit", search("00", "00", "ff", "00"), 1, true, ProtocolError, "invalid size limit"},
		{"time limit", search("00", "00", "00", "ff"), 1, true, ProtocolError, "invalid time limit"},
		{"bind version 0", "300c 020101 6007 020100 0400 8000", 1, true, ProtocolError, "protocol version"},
		{"bind method", "300c 020101 6007 020103 0400 8100", 1, true, AuthMethodNotSupported, "authentication method"},
		{"bind without choice", "300a 020101 6005 020103 0400", 1, false, ProtocolError, "choice missing"},
		{"control without OID", "300b 020101 4200 a004 3002 0400", 1, true, ProtocolError, "control type is empty"},
		{"control junk", "3009 020101 4200 a002 0400", 1, false, ProtocolError, "tag 0x04"},
		{"modify op", "3014 020101 660f 0400 300b 3009 0a0104 3004 0400 3100", 1, true, ProtocolError, "unknown modify"},
		{"add no values", "3010 020101 680b 0400 3007 3005 040161 3100", 1, true, ProtocolError, "no values"},
		{"search without filter", "3018 020101 6313 0400 0a0100 0a0100 020100 020100 010100 3000", 1, false, ProtocolError, "filter expected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Decode(unhex(t, tc.in))
			var e *DecodeError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.MessageID != tc.id || e.Answerable != tc.answerable || e.Code != tc.code || !strings.Contains(e.Reason, tc.reason) {
				t.Errorf("got %+v", e)
			}
			if e.Error() == "" {
				t.Error("no text")
			}
		})
	}
}

// RFC 4511 section 4: trailing components of a sequence are ignored; section
// 5.1 does not ask for the shortest length.
func TestDecodeLenient(t *testing.T) {
	pdu := unhex(t, "3084 0000001d 020101 6084 0000000b 020103 0400 8000 8502 0102 a084 00000000 8a01 00")
	pdu[5] = byte(len(pdu) - 6)
	m, err := Decode(pdu)
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Op.(*BindRequest); b.Version != 3 || b.Method != AuthSimple || b.Password == nil {
		t.Errorf("%+v", b)
	}
}

func TestDecodeLimits(t *testing.T) {
	many := &AddRequest{Attributes: make([]Attribute, MaxAttributes+1)}
	if _, err := Decode(appendRequest(nil, &Message{ID: 1, Op: many})); err == nil || !strings.Contains(err.Error(), "too many attributes") {
		t.Errorf("attributes: %v", err)
	}
	search := &SearchRequest{Filter: []byte{0xa0, 0}, Attributes: make([]string, MaxAttributes+1)}
	if _, err := Decode(appendRequest(nil, &Message{ID: 1, Op: search})); err == nil || !strings.Contains(err.Error(), "too many attributes") {
		t.Errorf("requested attributes: %v", err)
	}
	m := &Message{ID: 1, Op: &DelRequest{}, Controls: make([]Control, MaxControls+1)}
	if _, err := Decode(appendRequest(nil, m)); err == nil || !strings.Contains(err.Error(), "too many controls") {
		t.Errorf("controls: %v", err)
	}
}

func TestReadPDU(t *testing.T) {
	small := appendRequest(nil, samples()[0])
	big := appendRequest(nil, &Message{ID: 2, Op: &DelRequest{DN: strings.Repeat("x", 3*readChunk)}})
	for _, slow := range []bool{false, true} {
		var in io.Reader = bytes.NewReader(append(bytes.Clone(small), big...))
		if slow {
			in = iotest.HalfReader(in)
		}
		r := bufio.NewReaderSize(in, 512)
		for _, want := range [][]byte{small, big} {
			got, err := ReadPDU(r, 1<<20)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d octets, want %d, %v", len(got), len(want), err)
			}
		}
		if _, err := ReadPDU(r, 1<<20); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
	}
	for _, tc := range []struct {
		in  string
		max int
		err string
	}{
		{"30", 100, "unexpected EOF"},
		{"3005 0201", 100, "unexpected EOF"},
		{"3084 0000", 100, "unexpected EOF"},
		{"474554202f", 100, "no LDAP message"},
		{"3080 0000", 100, "length not supported"},
		{"3089 00", 100, "length not supported"},
		{"3082 0200", 100, "the limit is 100"},
		{"3088 ffffffffffffffff", 100, "the limit is 100"},
		{"3062" + strings.Repeat("00", 98), 99, "the limit is 99"},
	} {
		in := unhex(t, tc.in)
		_, err := ReadPDU(bufio.NewReader(bytes.NewReader(in)), tc.max)
		if err == nil || !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: %v", tc.in, err)
		}
	}
	if got, err := ReadPDU(bufio.NewReader(bytes.NewReader(unhex(t, "3062"+strings.Repeat("00", 98)))), 100); err != nil || len(got) != 100 {
		t.Errorf("just fits: %v", err)
	}
}

func TestBuffered(t *testing.T) {
	pdu := appendRequest(nil, &Message{ID: 2, Op: &DelRequest{DN: strings.Repeat("x", 300)}})
	for n := 1; n <= len(pdu); n++ {
		r := bufio.NewReader(bytes.NewReader(pdu[:n]))
		r.Peek(1)
		if got := Buffered(r); got != (n == len(pdu)) {
			t.Errorf("%d of %d: %v", n, len(pdu), got)
		}
	}
	for _, s := range []string{"4745", "3080", "30ff"} {
		r := bufio.NewReader(bytes.NewReader(unhex(t, s)))
		r.Peek(1)
		if !Buffered(r) {
			t.Errorf("%s: an error that is there needs no waiting", s)
		}
	}
}

// FuzzDecode: no panic, and what decodes survives being encoded and decoded.
func FuzzDecode(f *testing.F) {
	for _, m := range samples() {
		f.Add(appendRequest(nil, m))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := Decode(in)
		if err != nil {
			var e *DecodeError
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(in) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := Decode(appendRequest(nil, m))
		if err != nil {
			t.Fatalf("%+v: %v", m.Op, err)
		}
		if d := cmp.Diff(m, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

// FuzzReadPDU: no panic, nothing beyond the limit, and Buffered agrees.
func FuzzReadPDU(f *testing.F) {
	for _, m := range samples() {
		f.Add(appendRequest(nil, m))
	}
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(in), 4096)
		r.Peek(min(len(in), 4096))
		whole := Buffered(r)
		pdu, err := ReadPDU(r, 2048)
		if err != nil {
			if whole && (err == io.EOF || err == io.ErrUnexpectedEOF) {
				t.Fatalf("Buffered, yet %v", err)
			}
			return
		}
		if len(pdu) > 2048 || !bytes.Equal(pdu, in[:len(pdu)]) {
			t.Fatalf("%x of %x", pdu, in)
		}
		if !whole {
			t.Fatal("not Buffered")
		}
	})
}

func BenchmarkDecodeSearch(b *testing.B) {
	f := ber.Builder{}
	m := f.Begin(0xa3)
	f.String(4, "uid")
	f.String(4, "user12345")
	f.End(m)
	pdu := appendRequest(nil, &Message{ID: 77, Op: &SearchRequest{Base: "ou=people,dc=example,dc=com", Scope: ScopeSub, Filter: f.Bytes(), Attributes: []string{"cn", "sn", "mail"}}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(pdu); err != nil {
			b.Fatal(err)
		}
	}
}
