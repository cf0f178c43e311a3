package syncrepl

import (
	"context"
	"errors"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Hostile and odd messages: no data may be lost, and the error says what it is.
func TestHostile(t *testing.T) {
	short := func(s *fakeSearch) {
		s.send(entryOp("cn=z,dc=x"), wrapControls(stateControl(stateAdd, []byte("short"), "")))
		s.done(ck2, true)
	}
	for name, script := range map[string]func(*fakeSearch){
		"short UUID":       short,
		"no state control": func(s *fakeSearch) { s.send(entryOp("cn=z,dc=x")); s.done(ck2, true) },
		"state 9":          func(s *fakeSearch) { s.entry(9, 5, "", "cn=z,dc=x"); s.done(ck2, true) },
		"no done control":  func(s *fakeSearch) { s.fail(0, "") },
		"short UUID in set": func(s *fakeSearch) {
			set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
			set.AppendChild(octets("x"))
			v := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
			v.AppendChild(set)
			s.infoValue(v.Bytes())
			s.done(ck2, false)
		},
		"info of unknown form": func(s *fakeSearch) { s.infoValue([]byte{0x87, 0}); s.done(ck2, false) },
		"cut info":             func(s *fakeSearch) { s.infoValue([]byte{0xa3, 5, 1}); s.done(ck2, false) },
		"no LDAP":              func(s *fakeSearch) { s.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n")); <-s.gone },
		"huge message":         func(s *fakeSearch) { s.conn.Write([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}); <-s.gone },
		"indefinite length":    func(s *fakeSearch) { s.conn.Write([]byte{0x30, 0x80, 0, 0}); <-s.gone },
		"other answer":         func(s *fakeSearch) { s.send(result(ldap.ApplicationModifyResponse, 0, "")); <-s.gone },
		"garbage in the entry": func(s *fakeSearch) {
			s.send(ber.NewString(ber.ClassApplication, ber.TypeConstructed, 4, "\x04\x7f", ""))
			<-s.gone
		},
		"broken control": func(s *fakeSearch) {
			s.send(entryOp("cn=z,dc=x"), wrapControls(control(oidSyncState, false, octets("x"))))
			<-s.gone
		},
		"connection cut":         func(s *fakeSearch) { s.conn.Write([]byte{0x30, 20, 2}); s.conn.Close() },
		"notice of disconnect":   func(s *fakeSearch) { s.id = 0; s.send(result(ldap.ApplicationExtendedResponse, 52, "bye")); <-s.gone },
		"busy":                   func(s *fakeSearch) { s.fail(51, "later") },
		"refreshPresent cut":     func(s *fakeSearch) { s.refreshPresent("", false); s.conn.Close() },
		"present, then an error": func(s *fakeSearch) { s.idSet(false, "", 1); s.fail(80, "internal") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, first, script)
			cfg := testConfig(f)
			c := newClient(t, cfg, newRecorder())
			if err := c.Run(ctxT(t)); err != nil {
				t.Fatal(err)
			}
			err := c.Run(ctxT(t))
			if err == nil || !Transient(err) {
				t.Errorf("error %v", err)
			}
			t.Log(err)
			want(t, "copy", contents(t, c), "cn=a,dc=x{cn=a}", "cn=b,dc=x{cn=b}", "dc=x{dc=x}")
			if ck, _ := c.Cookie(context.Background()); ck != ck1 {
				t.Errorf("cookie %q", ck)
			}
			if f.played != 1+1+quick.Tries {
				t.Errorf("%d searches", f.played)
			}
		})
	}
}

// Errors that trying again will not mend come back at once.
func TestPermanentErrors(t *testing.T) {
	for code, is := range map[int]error{32: nil, 50: nil, 53: nil, 12: nil, codeRefreshRequired: ErrRefreshRequired} {
		f := newFake(t, func(s *fakeSearch) { s.fail(code, "no") })
		c := newClient(t, testConfig(f), newRecorder())
		err := c.Run(ctxT(t))
		var re *ResultError
		if !errors.As(err, &re) || int(re.Code) != code || !ldap.IsErrorWithCode(err, uint16(code)) || is != nil && !errors.Is(err, is) {
			t.Errorf("%d: %v", code, err)
		}
		if f.played != 1 {
			t.Errorf("%d: %d searches", code, f.played)
		}
	}
}
